import { slugOf } from './exposed-name.ts';
import { createListOffers, type ListOffersDependencies } from './list-offers.ts';

export function createListPrompts(dependencies: ListOffersDependencies) {
  return createListOffers('prompts', (text) => slugOf(text) !== undefined, dependencies);
}
