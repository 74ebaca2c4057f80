import type { Part, PublishedApi } from './published-api.ts';

/** An answer with all that is published of it, which tells what is looked for in it and is not. */
export interface SampleAnswer {
  readonly value: unknown;
  readonly unpublished: Set<string>;
}

/** One for each form that a schema allows: a list, or an object with the members of all objects it may be. */
export function sampleAnswers(api: PublishedApi, part: Part): readonly SampleAnswer[] {
  const forms = formsOf(api, part);
  const lists = forms.filter(({ type }) => type === 'array');
  const objects = forms.filter(({ properties }) => properties !== undefined);
  return [...lists.map((list) => [list]), ...(objects.length > 0 ? [objects] : [])].map((alternatives) => {
    const unpublished = new Set<string>();
    return { value: sampleOf(api, alternatives, '', unpublished), unpublished };
  });
}

function formsOf(api: PublishedApi, part: Part): readonly Part[] {
  const whole = api.resolve(part);
  const alternatives = ['oneOf', 'anyOf', 'allOf'].flatMap((keyword) => {
    const listed = whole[keyword];
    return Array.isArray(listed) ? (listed as Part[]) : [];
  });
  return [whole, ...alternatives.flatMap((alternative) => formsOf(api, alternative))];
}

function sampleOf(api: PublishedApi, forms: readonly Part[], path: string, unpublished: Set<string>): unknown {
  const list = forms.find(({ type }) => type === 'array');
  if (list !== undefined) return [sampleOf(api, formsOf(api, list['items'] as Part), `${path}[]`, unpublished)];
  const members = new Map(
    forms.flatMap(({ properties }) => Object.entries((properties ?? {}) as Record<string, Part>)),
  );
  if (members.size === 0) return path;
  return new Proxy(Object.fromEntries([...members.keys()].map((name) => [name, undefined])), {
    get(_target, name) {
      if (typeof name === 'symbol') return undefined;
      const member = members.get(name);
      if (member === undefined) unpublished.add(`${path}.${name}`);
      return member && sampleOf(api, formsOf(api, member), `${path}.${name}`, unpublished);
    },
  });
}
