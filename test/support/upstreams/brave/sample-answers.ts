import type { JsonObject } from '../../../../lambdas/hub/json.ts';

const META_URL = { scheme: 'https', netloc: 'example.com', hostname: 'example.com', path: '/a' };
const query = { original: 'artifical trees', altered: 'artificial trees', spellcheck_off: false };

const PLACE = {
  type: 'location_result',
  title: 'Blue Bottle Coffee',
  url: 'https://example.com/biz/blue-bottle',
  provider_url: 'https://example.com/biz/blue-bottle',
  id: 'loc4CQWMJWLD4VBEBZ62XQLJTGK6YCJEEJDNAAAAAAA=',
  postal_address: { type: 'PostalAddress', displayAddress: '66 Mint St, San Francisco, CA 94103', country: 'US' },
  contact: { telephone: '+1 510-653-3394' },
  rating: { ratingValue: 4.3, bestRating: 5, reviewCount: 587 },
  opening_hours: { current_day: [{ abbr_name: 'Wed', full_name: 'Wednesday', opens: '07:00', closes: '18:00' }] },
  coordinates: [37.7821, -122.4065],
  distance: { value: 0.8, units: 'km' },
  categories: ['Coffee & Tea'],
  price_range: '$$',
  timezone: 'America/Los_Angeles',
};

const PAGE = {
  title: 'Trees &amp; <strong>artificial</strong> trees',
  url: 'https://example.com/a',
  description: 'All about <strong>artificial</strong> trees.',
  age: '2 days ago',
  language: 'en',
  meta_url: META_URL,
  extra_snippets: ['They need no water.'],
};

const VIDEO = {
  type: 'video_result',
  title: 'How trees are made',
  url: 'https://video.example/watch?v=1',
  description: 'From wire.',
  age: 'February 12, 2025',
  video: { duration: '03:45', views: 1523, creator: 'treecamp', publisher: 'Tube', requires_subscription: false },
};

/** What each operation answers, in the shapes of the reference. */
export const SAMPLE_ANSWERS: Readonly<Record<string, JsonObject>> = {
  '/res/v1/web/search': {
    type: 'search',
    query: { ...query, more_results_available: true },
    web: { type: 'search', results: [PAGE], family_friendly: true },
    news: { type: 'news', results: [{ ...PAGE, title: 'Tree news', url: 'https://news.example/1' }] },
    videos: { type: 'videos', results: [VIDEO] },
    discussions: { type: 'search', results: [{ ...PAGE, title: 'Are they green?', url: 'https://forum.example/1' }] },
    faq: {
      type: 'faq',
      results: [{ question: 'Do they burn?', answer: 'Yes.', title: 'FAQ', url: 'https://faq.example/1' }],
    },
    infobox: {
      type: 'graph',
      results: [{ type: 'infobox', title: 'Tree', url: 'https://wiki.example/tree', long_desc: 'A plant.' }],
    },
    locations: { type: 'locations', results: [PLACE] },
    mixed: { type: 'mixed', main: [{ type: 'web', index: 0, all: false }], top: [], side: [] },
    rich: { type: 'rich', hint: { vertical: 'weather', callback_key: '86d06abffc884e9ea281a40f62e0a5a6' } },
  },
  '/res/v1/local/pois': { type: 'local_pois', results: [PLACE] },
  '/res/v1/local/descriptions': {
    type: 'local_descriptions',
    results: [
      { type: 'local_description', id: PLACE.id, description: '### Overview\nA cafe known for **coffee**.' },
      null,
      { type: 'local_description', id: 'loc5', description: null },
    ],
  },
  '/res/v1/web/rich': {
    type: 'rich',
    results: [{ type: 'rich', subtype: 'weather', weather: { current_weather: { temp: 12.5 } } }],
  },
  '/res/v1/llm/context': {
    grounding: {
      generic: [{ url: 'https://example.com/a', title: 'Trees', snippets: ['| kind | price |\n| fir | 3 |'] }],
      poi: { name: 'Tree shop', url: 'https://shop.example', title: 'Shop', snippets: ['Open daily'] },
      map: [],
    },
    sources: { 'https://example.com/a': { title: 'Trees', hostname: 'example.com', age: null } },
  },
  '/res/v1/local/place_search': {
    type: 'locations',
    query: { original: 'coffee', altered: null, spellcheck_off: false, show_strict_warning: false },
    results: [PLACE],
    location: { coordinates: [37.7749, -122.4194], name: 'San Francisco', country: 'US' },
  },
  '/res/v1/news/search': { type: 'news', query, results: [{ type: 'news_result', ...PAGE, page_age: '2026-01-15' }] },
  '/res/v1/videos/search': { type: 'videos', query, results: [VIDEO], extra: { might_be_offensive: false } },
  '/res/v1/images/search': {
    type: 'images',
    query: { ...query, show_strict_warning: true },
    results: [
      {
        type: 'image_result',
        title: 'A tree',
        url: 'https://example.com/photo',
        source: 'example.com',
        thumbnail: { src: 'https://imgs.example/t', width: 200, height: 150 },
        properties: {
          url: 'https://example.com/tree.jpg',
          placeholder: 'https://imgs.example/p',
          width: 1920,
          height: 1080,
        },
        meta_url: META_URL,
        confidence: 'high',
      },
    ],
    extra: { might_be_offensive: false },
  },
  '/res/v1/suggest/search': {
    type: 'suggest',
    query: { original: 'albert' },
    results: [
      { query: 'albert einstein', is_entity: true, title: 'Albert Einstein', description: 'Theoretical physicist' },
      { query: 'albert einstein quotes', is_entity: false },
    ],
  },
  '/res/v1/spellcheck/search': {
    type: 'spellcheck',
    query: { original: 'artifical' },
    results: [{ query: 'artificial' }],
  },
  '/res/v1/chat/completions': {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'brave-pro',
    created: 1,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'K2 is 8611 m high.' } }],
    usage: { prompt_tokens: 10, completion_tokens: 50, total_tokens: 60 },
  },
};
