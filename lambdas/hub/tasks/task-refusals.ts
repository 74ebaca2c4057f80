import { HubError } from '../hub-error.ts';

export function taskNotFound(): HubError {
  return new HubError('task_not_found', 'you have no such task; tasks are kept for the time that their ttlMs says');
}
