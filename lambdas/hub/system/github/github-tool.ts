import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { SystemTool } from '../system-server.ts';
import { type Args, type Fields, inputSchema, parseInput } from './input.ts';
import { outline } from './outline.ts';

/** What GitHub is asked for. `json` unless said otherwise; a `log` lies elsewhere, and GitHub says where. */
export type AnswerForm = 'json' | 'diff' | 'log';

export interface GithubAnswer {
  /** Parsed JSON; a string for a diff and for a log; undefined where there is no body. */
  readonly data: unknown;
  /** Of a log only the end was kept. */
  readonly isTail?: boolean;
  /** From the `Link` header; undefined on the last page. */
  readonly nextPage: number | undefined;
}

export interface ToolResult {
  readonly structured: JsonObject;
  readonly text: string;
}

/** One request, ready to be sent. Its parameters are those of the path, the query and the body together, as Octokit has them. */
export interface GithubCall {
  readonly parameters: JsonObject;
  /** Throws `ToolInputError` where another tool is for this answer, and any error where it is none of GitHub's. */
  present(answer: GithubAnswer): ToolResult;
}

/** A tool that is one request of GitHub's REST API: everything but the sending, which is the adapter's. Pure. */
export interface GithubTool extends SystemTool {
  /** Method and path as in GitHub's reference. `{?q}` keeps a plus in a search, which Octokit takes for a space elsewhere. */
  readonly route: string;
  readonly answers: AnswerForm;
  /** It changes nothing, so that an unanswered call has done nothing. */
  readonly reads: boolean;
  /** Throws `ToolInputError` where the arguments do not fit the input schema. */
  prepare(args: JsonObject): GithubCall;
}

/**
 * What a tool does to GitHub. `adds` and `sets` only add, as MCP's `destructiveHint` has it; `replaces` overwrites, removes
 * or ends something. Calling twice is like calling once, but for `adds`.
 */
export type Effect = 'reads' | 'adds' | 'sets' | 'replaces';

/** A result with words of its own; otherwise its outline is the text. */
export interface Presented {
  readonly structured: JsonObject;
  readonly text?: string;
}

type Parameters = Readonly<Record<string, Json | undefined>>;

export interface GithubToolSpec<F extends Fields> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: Effect;
  readonly topic: ToolMetadata;
  readonly input: F;
  readonly route: string;
  readonly answers?: AnswerForm;
  /** Where they are not the arguments themselves. */
  readonly parameters?: (args: Args<F>) => Parameters;
  readonly present: (answer: GithubAnswer, args: Args<F>) => Presented;
}

const PARTS_OF_EFFECT: Record<Effect, readonly [destructive: boolean, idempotent: boolean]> = {
  reads: [false, true],
  adds: [false, false],
  sets: [false, true],
  replaces: [true, true],
};

export function githubTool<F extends Fields>(spec: GithubToolSpec<F>): GithubTool {
  const { name, title, description, effect, topic, input, route, answers = 'json' } = spec;
  const [destructiveHint, idempotentHint] = PARTS_OF_EFFECT[effect];
  const readOnlyHint = effect === 'reads';
  const annotations = { title, readOnlyHint, destructiveHint, idempotentHint, openWorldHint: true };
  const hints = [readOnlyHint && 'read-only', destructiveHint && 'destructive', idempotentHint && 'idempotent'];
  return {
    definition: { name, title, description, inputSchema: inputSchema(input), annotations },
    metadata: { ...topic, tags: [...hints.filter((hint) => hint !== false), 'open-world', ...topic.tags] },
    route,
    answers,
    reads: readOnlyHint,
    prepare(args) {
      const parsed = parseInput(input, args);
      return {
        parameters: withoutUndefined(spec.parameters?.(parsed) ?? parsed),
        present(answer) {
          const { structured, text = outline(structured) } = spec.present(answer, parsed);
          return { structured, text };
        },
      };
    },
  };
}

function withoutUndefined(args: Parameters): JsonObject {
  return Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
