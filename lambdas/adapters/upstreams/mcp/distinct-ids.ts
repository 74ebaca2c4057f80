import { randomInt } from 'node:crypto';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
} from '@modelcontextprotocol/client';

/** Fits, with everything that a conversation adds, into what any server takes for an integer. */
const LARGEST_FIRST_ID = 2 ** 30;

export interface DistinctIds {
  toServer(message: JSONRPCMessage): JSONRPCMessage;
  fromServer(message: JSONRPCMessage): JSONRPCMessage;
}

/**
 * Numbers the requests of a conversation from a random start. The SDK counts from 0 in every client, but a request that
 * brings the answers to a server's questions MUST have another id than the request that raised them.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
export function createDistinctIds(): DistinctIds {
  const first = randomInt(LARGEST_FIRST_ID);
  return {
    toServer(message) {
      if (isJSONRPCRequest(message) && typeof message.id === 'number') return { ...message, id: first + message.id };
      if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return message;
      const requestId = message.params?.['requestId'];
      if (typeof requestId !== 'number') return message;
      return { ...message, params: { ...message.params, requestId: first + requestId } };
    },
    fromServer(message) {
      if (!isJSONRPCResultResponse(message) && !isJSONRPCErrorResponse(message)) return message;
      // Some servers repeat a number as a text, and the SDK lets them.
      const id = Number(message.id) - first;
      return Number.isNaN(id) ? message : { ...message, id };
    },
  };
}
