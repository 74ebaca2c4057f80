/** Where the issuer is below the hub. */
export const ISSUER_PATH = '/oidc';

/** The issuer's name in tokens and documents. */
export const issuerUrl = (publicUrl: string): string => publicUrl + ISSUER_PATH;
