import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { flag, integer, PAGES, time } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { done, page } from './present.ts';
import { shape } from './shape.ts';

const TOPIC: ToolMetadata = {
  category: 'communication',
  tags: ['github', 'notifications'],
  priority: 50,
  estimatedDurationMs: 900,
};

export const NOTIFICATION_TOOLS = [
  githubTool({
    name: 'list_notifications',
    title: 'List notifications',
    description:
      'What GitHub wants the account of the credential to know, newest first: unread ones unless all are wanted.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      all: optional(flag('Those that were read, too')),
      participating: optional(flag('Only where the account takes part or is mentioned')),
      since: optional(time('Only those updated since')),
      before: optional(time('Only those updated before')),
      ...PAGES,
    },
    route: 'GET /notifications',
    present: page(
      'notifications',
      shape(
        'thread_id:id repository:repository.full_name type:subject.type title:subject.title reason unread updated_at',
      ),
    ),
  }),
  githubTool({
    name: 'mark_notification_read',
    title: 'Mark a notification as read',
    description: 'Marks one notification as read.',
    effect: 'sets',
    topic: TOPIC,
    input: { thread_id: integer('Id of the thread, from list_notifications') },
    route: 'PATCH /notifications/threads/{thread_id}',
    present: done('read'),
  }),
  githubTool({
    name: 'mark_all_notifications_read',
    title: 'Mark all notifications as read',
    description: 'Marks all notifications as read. Which of them were unread cannot be found out afterwards.',
    effect: 'replaces',
    topic: TOPIC,
    input: { last_read_at: optional(time('Only those from before; all without it')) },
    route: 'PUT /notifications',
    present: done('read'),
  }),
];
