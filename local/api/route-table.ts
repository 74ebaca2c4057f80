import type { RouteModel } from '../template/stack-model.ts';

export interface RouteMatch {
  readonly route: RouteModel;
  /** Percent-decoded, as API Gateway hands them to Lambda. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Resource {
  readonly path: string;
  readonly segments: readonly string[];
  readonly methods: ReadonlyMap<string, RouteModel>;
}

/** Finds a request's route: the resource first (exact before `{name}` before `{name+}`), then the method on it. */
export function createRouteTable(routes: readonly RouteModel[]): {
  match(method: string, path: string): RouteMatch | undefined;
} {
  const resources = [...Map.groupBy(routes, ({ path }) => path)]
    .map(([path, methods]): Resource => {
      return { path, segments: split(path), methods: new Map(methods.map((route) => [route.httpMethod, route])) };
    })
    .toSorted((a, b) => compareSpecificity(a.segments, b.segments));

  return {
    match(method, path) {
      const segments = split(path);
      const resource = resources.find((candidate) => matches(candidate.segments, segments));
      const route = resource?.methods.get(method) ?? resource?.methods.get('ANY');
      if (resource === undefined || route === undefined) return undefined;
      return { route, pathParameters: readParameters(resource.segments, segments) };
    },
  };
}

/** API Gateway ignores one trailing slash when it looks for the resource. */
function split(path: string): string[] {
  return path.replace(/^\//, '').replace(/\/$/, '').split('/');
}

const isGreedy = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('+}');
const isParameter = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('}');
const rank = (segment: string | undefined): number => {
  if (segment === undefined) return 3;
  if (isGreedy(segment)) return 2;
  return isParameter(segment) ? 1 : 0;
};

function compareSpecificity(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = rank(a[index]) - rank(b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  const last = pattern.at(-1) ?? '';
  if (isGreedy(last) ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every((part, index) => {
    const segment = segments[index] ?? '';
    return isParameter(part) ? segment !== '' : part === segment;
  });
}

function readParameters(pattern: readonly string[], segments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pattern.flatMap((part, index) => {
      if (isGreedy(part)) return [[part.slice(1, -2), decode(segments.slice(index).join('/'))]];
      return isParameter(part) ? [[part.slice(1, -1), decode(segments[index] ?? '')]] : [];
    }),
  );
}

/** A malformed escape is passed on as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
