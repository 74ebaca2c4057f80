/** What an admin decided about a system server, for all tenants. Without a row, what the code says holds. */
export interface SystemState {
  readonly slug: string;
  readonly enabled: boolean;
  /** Calls per minute of each tenant; undefined for the code's own. */
  readonly rateLimitPerMinute: number | undefined;
  /** Where it is, instead of where the code says. */
  readonly url: string | undefined;
  readonly sealedSecret: Uint8Array | undefined;
  /** Grows with every write of the row. */
  readonly version: number;
  readonly updatedAt: number;
}

/** Nothing was decided yet. */
export function initialState(slug: string): SystemState {
  const unset = { rateLimitPerMinute: undefined, url: undefined, sealedSecret: undefined };
  return { slug, enabled: true, ...unset, version: 0, updatedAt: 0 };
}

/** A credential that a tenant brought for a system server, and that is used for this tenant only. */
export interface OwnCredential {
  readonly slug: string;
  /** `URL.origin` that it was given for, and that is sealed with it; undefined where the credential says it itself. */
  readonly origin: string | undefined;
  readonly sealedSecret: Uint8Array;
  readonly version: number;
  readonly updatedAt: number;
}

/** Both rows of a system server, as one tenant has them. */
export interface SystemRows {
  readonly state: SystemState | undefined;
  readonly own: OwnCredential | undefined;
}
