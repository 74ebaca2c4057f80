import * as z from 'zod/mini';
import { type Entry, listOf, said } from './entries.ts';

const hours = z.object({ opens: said(z.string()), closes: said(z.string()) });

const place = z.object({
  id: said(z.string()),
  title: said(z.string()),
  url: said(z.string()),
  description: said(z.string()),
  postal_address: said(z.object({ displayAddress: said(z.string()) })),
  contact: said(z.object({ telephone: said(z.string()), email: said(z.string()) })),
  rating: said(
    z.object({ ratingValue: said(z.number()), bestRating: said(z.number()), reviewCount: said(z.number()) }),
  ),
  opening_hours: said(z.object({ current_day: listOf(hours) })),
  distance: said(z.object({ value: said(z.number()), units: said(z.string()) })),
  categories: listOf(z.string()),
  price_range: said(z.string()),
});

type Place = z.infer<typeof place>;

export const places = listOf(place);
export const placesOfKind = z.catch(z.object({ results: places }), { results: [] });

export function placeEntry(found: Place): Entry {
  const { id, title, url, description, postal_address, contact, categories, price_range } = found;
  return {
    title,
    url,
    facts: [categories.join(', '), price_range, ratingOf(found), distanceOf(found), openToday(found)],
    texts: [postal_address?.displayAddress, contact?.telephone, contact?.email, description, id && `id: ${id}`],
  };
}

function ratingOf({ rating }: Place): string | undefined {
  if (rating?.ratingValue === undefined) return undefined;
  const best = rating.bestRating === undefined ? '' : ` of ${rating.bestRating}`;
  const reviews = rating.reviewCount === undefined ? '' : ` (${rating.reviewCount} reviews)`;
  return `rated ${rating.ratingValue}${best}${reviews}`;
}

function distanceOf({ distance }: Place): string | undefined {
  return distance?.value === undefined ? undefined : `${distance.value} ${distance.units ?? ''}`.trim();
}

function openToday({ opening_hours }: Place): string | undefined {
  const today = (opening_hours?.current_day ?? []).map(({ opens, closes }) => `${opens ?? '?'}-${closes ?? '?'}`);
  return today.length === 0 ? undefined : `open today ${today.join(', ')}`;
}
