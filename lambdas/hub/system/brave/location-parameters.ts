import { decimal, text } from '../parameter-kinds.ts';
import type { Parameter, Parameters } from '../tool-parameters.ts';

/** What is sent as a header has to be of characters that every reader of headers reads alike. */
const plain = (maxLength: number, description: string): Parameter =>
  text({
    minLength: 1,
    maxLength,
    pattern: [/^[\x20-\x7e]+$/, 'a string of ASCII characters'],
    description: `${description} ASCII only.`,
  });

/** Where the person is for whom is searched; sent as headers of these names. */
export const coordinates: Parameters = {
  'x-loc-lat': decimal({ minimum: -90, maximum: 90, description: 'Latitude of the person, in degrees.' }),
  'x-loc-long': decimal({ minimum: -180, maximum: 180, description: 'Longitude of the person, in degrees.' }),
};

export const area: Parameters = {
  ...coordinates,
  'x-loc-city': plain(100, 'City of the person.'),
  'x-loc-state': text({
    pattern: [/^[A-Za-z0-9]{1,3}$/, 'a code of up to three characters'],
    description: 'State or region of the person, by the code of the first level of ISO 3166-2, such as CA.',
  }),
  'x-loc-state-name': plain(100, 'State or region of the person, by its name.'),
  'x-loc-country': text({
    pattern: [/^[A-Z]{2}$/, 'a code of two letters, such as US'],
    description: 'Country of the person, by its code of ISO 3166-1.',
  }),
  'x-loc-postal-code': plain(20, 'Postal code of the person.'),
};

export const areaAndTime: Parameters = {
  ...area,
  'x-loc-timezone': plain(64, 'Time zone of the person, such as America/New_York.'),
};
