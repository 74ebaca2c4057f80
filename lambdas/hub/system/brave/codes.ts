/** The codes that the API supports. https://api-dashboard.search.brave.com/documentation/resources/codes */
const split = (codes: string): readonly string[] => codes.split(' ');

export const COUNTRIES = split(
  'ALL AR AU AT BE BR CA CL CN DE DK ES FI FR GB GR HK ID IN IT JP KR MX MY NL NO NZ PH PL PT RU SA SE CH TR TW US ZA',
);

export const LANGUAGES = split(
  'ar bg bn ca cs da de el en en-gb es et eu fi fr gl gu he hi hr hu is it jp kn ko lt lv ml mr ms nb nl pa pl pt-br ' +
    'pt-pt ro ru sk sl sr sv ta te th tr uk vi zh-hans zh-hant',
);

/** Languages of the interface, each as it is spoken in a country. */
export const MARKETS = split(
  'da-DK de-AT de-CH de-DE en-AU en-CA en-GB en-ID en-IN en-MY en-NZ en-PH en-US en-ZA es-AR es-CL es-ES es-MX es-US ' +
    'fi-FI fr-BE fr-CA fr-CH fr-FR it-IT ja-JP ko-KR nl-BE nl-NL no-NO pl-PL pt-BR ru-RU sv-SE tr-TR zh-CN zh-HK zh-TW',
);
