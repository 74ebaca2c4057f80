import { ownUri } from './exposed-uri.ts';
import { createListOffers, type ListOffersDependencies } from './list-offers.ts';

const isExposedUri = (text: string) => ownUri(text) !== undefined;

export function createListResources(dependencies: ListOffersDependencies) {
  return createListOffers('resources', isExposedUri, dependencies);
}

export function createListResourceTemplates(dependencies: ListOffersDependencies) {
  return createListOffers('resourceTemplates', isExposedUri, dependencies);
}
