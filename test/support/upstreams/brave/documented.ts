/**
 * The parameters of each operation, transcribed from the reference of the API and in its order, and independent of the
 * tools. https://api-dashboard.search.brave.com/api-reference
 */
export interface DocumentedOperation {
  readonly methods: readonly string[];
  readonly query: Readonly<Record<string, Rule>>;
  readonly headers?: Readonly<Record<string, Rule>>;
  readonly required: readonly string[];
}

/** Says of each value whether the API takes it. */
export type Rule = (value: string) => boolean;

const oneOf = (values: string): Rule => {
  const known = new Set(values.split(' '));
  return (value) => known.has(value);
};
const from = (minimum: number, maximum = Infinity): Rule => {
  return (value) => value.trim() !== '' && Number(value) >= minimum && Number(value) <= maximum;
};
const whole = (minimum: number, maximum: number): Rule => {
  return (value) => /^\d+$/.test(value) && from(minimum, maximum)(value);
};
const matches = (pattern: RegExp): Rule => {
  return (value) => pattern.test(value);
};
const any: Rule = (value) => value !== '';
const bool = oneOf('true false');

const q: Rule = (value) => value.length >= 1 && value.length <= 400 && value.split(/\s+/).length <= 50;
const country = oneOf(
  'ALL AR AU AT BE BR CA CL DK FI FR DE GR HK IN ID IT JP KR MY MX NL NZ NO CN PL PT PH RU SA ZA ES SE CH TW TR GB US',
);
const language = oneOf(
  'ar eu bn bg ca zh-hans zh-hant hr cs da nl en en-gb et fi fr gl de el gu he hi hu is it jp kn ko lv lt ms ml mr nb ' +
    'pl pt-br pt-pt pa ro ru sr sk sl es sv ta te th tr uk vi',
);
const market = oneOf(
  'es-AR en-AU de-AT nl-BE fr-BE pt-BR en-CA fr-CA es-CL da-DK fi-FI fr-FR de-DE zh-HK en-IN en-ID it-IT ja-JP ko-KR ' +
    'en-MY es-MX nl-NL en-NZ no-NO zh-CN pl-PL en-PH ru-RU en-ZA es-ES sv-SE fr-CH de-CH zh-TW tr-TR en-GB en-US es-US',
);
const safesearch = oneOf('off moderate strict');
const freshness = matches(/^(pd|pw|pm|py|\d{4}-\d\d-\d\dto\d{4}-\d\d-\d\d)$/);
const units = oneOf('metric imperial');
const coordinates = { 'x-loc-lat': from(-90, 90), 'x-loc-long': from(-180, 180) };
const area = {
  ...coordinates,
  'x-loc-city': any,
  'x-loc-state': matches(/^.{1,3}$/),
  'x-loc-state-name': any,
  'x-loc-country': matches(/^[A-Z]{2}$/),
  'x-loc-postal-code': any,
};

export const DOCUMENTED: Readonly<Record<string, DocumentedOperation>> = {
  '/res/v1/web/search': {
    methods: ['GET', 'POST'],
    query: {
      q,
      country,
      search_lang: language,
      ui_lang: market,
      count: whole(1, 20),
      offset: whole(0, 9),
      safesearch,
      freshness,
      text_decorations: bool,
      spellcheck: bool,
      result_filter: (value) =>
        value.split(',').every(oneOf('discussions faq infobox news query summarizer videos web locations')),
      goggles: any,
      extra_snippets: bool,
      summary: bool,
      operators: bool,
      units,
      enable_rich_callback: bool,
      include_fetch_metadata: bool,
    },
    headers: { ...area, 'x-loc-timezone': any },
    required: ['q'],
  },
  '/res/v1/local/pois': {
    methods: ['GET'],
    query: { ids: any, search_lang: language, ui_lang: market, units },
    headers: coordinates,
    required: ['ids'],
  },
  '/res/v1/local/descriptions': { methods: ['GET'], query: { ids: any }, required: ['ids'] },
  '/res/v1/web/rich': { methods: ['GET'], query: { callback_key: any }, required: ['callback_key'] },
  '/res/v1/llm/context': {
    methods: ['GET', 'POST'],
    query: {
      q,
      context_threshold_mode: oneOf('disabled strict lenient balanced'),
      count: whole(1, 50),
      country,
      enable_local: bool,
      freshness,
      goggles: any,
      maximum_number_of_snippets: whole(1, 100),
      maximum_number_of_snippets_per_url: whole(1, 100),
      maximum_number_of_tokens: whole(1024, 32_768),
      maximum_number_of_tokens_per_url: whole(512, 8192),
      maximum_number_of_urls: whole(1, 50),
      search_lang: language,
    },
    headers: area,
    required: ['q'],
  },
  '/res/v1/local/place_search': {
    methods: ['GET'],
    query: {
      q: (value) => value === '' || q(value),
      latitude: from(-90, 90),
      longitude: from(-180, 180),
      location: any,
      radius: from(0),
      count: whole(1, 50),
      country,
      search_lang: language,
      ui_lang: market,
      units,
      safesearch,
      spellcheck: bool,
      geoloc: any,
    },
    required: [],
  },
  '/res/v1/news/search': {
    methods: ['GET', 'POST'],
    query: {
      q,
      search_lang: language,
      ui_lang: market,
      country,
      safesearch,
      count: whole(1, 50),
      offset: whole(0, 9),
      spellcheck: bool,
      freshness,
      extra_snippets: bool,
      goggles: any,
      include_fetch_metadata: bool,
      operators: bool,
    },
    required: ['q'],
  },
  '/res/v1/videos/search': {
    methods: ['GET', 'POST'],
    query: {
      q,
      search_lang: language,
      ui_lang: market,
      country,
      safesearch,
      count: whole(1, 50),
      offset: whole(0, 9),
      spellcheck: bool,
      freshness,
      include_fetch_metadata: bool,
      operators: bool,
    },
    required: ['q'],
  },
  '/res/v1/images/search': {
    methods: ['GET'],
    query: {
      q,
      search_lang: language,
      country,
      safesearch: oneOf('off strict'),
      count: whole(1, 200),
      spellcheck: bool,
    },
    required: ['q'],
  },
  '/res/v1/suggest/search': {
    methods: ['GET'],
    query: { q, lang: language, country, count: whole(1, 20), rich: bool },
    required: ['q'],
  },
  '/res/v1/spellcheck/search': { methods: ['GET'], query: { q, lang: language, country }, required: ['q'] },
  '/res/v1/chat/completions': {
    methods: ['POST'],
    query: {
      messages: (value) => /^\[\{"role":"user","content":".+"\}\]$/.test(value),
      country: matches(/^([a-z]{2}|[A-Z]{2}|ALL)$/),
      language: any,
      max_completion_tokens: whole(1, Infinity),
      model: oneOf('brave-pro brave'),
      safesearch,
      stream: bool,
      web_search_options: matches(/^\{("search_context_size":"(low|medium|high)")?\}$/),
    },
    required: ['messages'],
  },
};

/** Parameters that may come more than once. */
export const REPEATABLE: ReadonlySet<string> = new Set(['ids', 'goggles']);
