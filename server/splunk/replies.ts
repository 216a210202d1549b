// The answers of Splunk's HTTP Event Collector: code, HTTP status and text, as its senders know them.

export const REPLIES = {
  success: [0, 200, 'Success'],
  tokenRequired: [2, 401, 'Token is required'],
  invalidAuthorization: [3, 401, 'Invalid authorization'],
  invalidToken: [4, 403, 'Invalid token'],
  noData: [5, 400, 'No data'],
  invalidFormat: [6, 400, 'Invalid data format'],
  serverError: [8, 500, 'Internal server error'],
  busy: [9, 503, 'Server is busy'],
  channelMissing: [10, 400, 'Data channel is missing'],
  invalidChannel: [11, 400, 'Invalid data channel'],
  eventRequired: [12, 400, 'Event field is required'],
  eventBlank: [13, 400, 'Event field cannot be blank'],
  fieldsInvalid: [15, 400, 'Error in handling indexed fields'],
  queryAuthorization: [16, 400, 'Query string authorization is not enabled'],
  healthy: [17, 200, 'HEC is healthy'],
  unhealthy: [18, 503, 'HEC is unhealthy, queues are full'],
  tooLarge: [27, 413, 'Request entity too large'],
} as const satisfies Record<string, readonly [code: number, status: number, text: string]>

export type ReplyName = keyof typeof REPLIES

/** A request that is answered with one of the replies. */
export class HecError extends Error {
  readonly reply: ReplyName
  /** Index of the event that is wrong, from 0. */
  readonly event: number | undefined

  constructor(reply: ReplyName, event?: number) {
    super(REPLIES[reply][2])
    this.name = 'HecError'
    this.reply = reply
    this.event = event
  }
}
