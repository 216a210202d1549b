// What lines are put together to.

/** An event's text and the number of its first line. */
export interface Frame {
  readonly text: string
  readonly index: number
}
