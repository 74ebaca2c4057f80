import { slugOf } from '../catalog/exposed-name.ts';

/** Which workers can do a job: those that call servers over HTTP, or those that drive a browser. */
export type JobLane = 'calls' | 'browser';

/** System servers that are spoken to by a browser's own protocol, which takes a function of its own. */
const BROWSER_SLUGS: ReadonlySet<string> = new Set(['playwright']);

/** By the exposed name alone, so that whoever has a job knows whom to tell. */
export function laneOf(tool: string): JobLane {
  return BROWSER_SLUGS.has(slugOf(tool) ?? '') ? 'browser' : 'calls';
}
