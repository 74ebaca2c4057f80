import { isJsonObject, type JsonObject } from '../../json.ts';
import { ToolInputError } from '../rest-tool.ts';
import type { GithubAnswer, Presented } from './github-tool.ts';
import { outline } from './outline.ts';
import { cut, pick, pickAll, shape } from './shape.ts';

/** What a model can take in at once, and far below what an answer may have. */
const MAX_CHARACTERS = 100_000;
/** As many as GitHub gives of one directory: whether there are more it does not say. */
const MAX_ENTRIES = 1_000;

const ENTRY = shape('name path type size sha');
const FILE = shape('path type size sha target submodule_url:submodule_git_url url:html_url');

export function presentDirectory({ data }: GithubAnswer): Presented {
  if (!Array.isArray(data)) throw new ToolInputError('this path is no directory; read it with get_file');
  return { structured: { entries: pickAll(data.slice(0, MAX_ENTRIES), ENTRY), has_more: data.length >= MAX_ENTRIES } };
}

export function presentFile({ data }: GithubAnswer, { start_line }: { readonly start_line: number }): Presented {
  if (Array.isArray(data)) throw new ToolInputError('this path is a directory; use list_directory');
  const facts = pick(data, FILE);
  const bytes = bytesOf(data);
  if (bytes === undefined) return { structured: { ...facts, note: 'no content: this is no file, or one above 1 MB' } };
  const content = textOf(bytes);
  if (content === undefined)
    return { structured: { ...facts, binary: true, note: 'binary: its content is not shown' } };
  const excerpt = linesFrom(content, start_line);
  const structured = { ...facts, ...excerpt.place };
  return {
    structured: { ...structured, content: excerpt.content },
    text: `${outline(structured)}\n\n${excerpt.content}`,
  };
}

/** GitHub leaves the content out, and the encoding at `none`, where a file is above 1 MB. */
function bytesOf(data: unknown): Buffer | undefined {
  if (!isJsonObject(data) || data['encoding'] !== 'base64' || typeof data['content'] !== 'string') return undefined;
  return Buffer.from(data['content'], 'base64');
}

function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function linesFrom(content: string, start: number): { readonly content: string; readonly place: JsonObject } {
  const lines = content.split('\n');
  let end = start - 1;
  let size = 0;
  while (end < lines.length) {
    size += (lines[end]?.length ?? 0) + 1;
    if (size > MAX_CHARACTERS && end >= start) break;
    end += 1;
  }
  const place = { start_line: start, total_lines: lines.length, has_more: end < lines.length };
  const next = end < lines.length ? { next_line: end + 1 } : {};
  return { content: cut(lines.slice(start - 1, end).join('\n'), MAX_CHARACTERS), place: { ...place, ...next } };
}
