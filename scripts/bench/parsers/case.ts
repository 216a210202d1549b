// What the scoreboard compares: an input of a vendor's collector, and the values that collector made of it.

/** What is compared; all but `status` are columns of an event or its time. */
export const SCORED = [
  'timestamp',
  'src_ip',
  'src_port',
  'dst_ip',
  'dst_port',
  'user',
  'host',
  'process',
  'outcome',
  'url',
  'status',
] as const
export type Scored = (typeof SCORED)[number]

/** Values any of which is right; absent where the collector says nothing. */
export type Expected = { readonly [name in Scored]?: readonly string[] }

export interface Case {
  /** The parser that reads it: a name of `parsers/table.ts`, or one that is not there yet. */
  readonly source: string
  /** File under the corpus, and line from 1. */
  readonly file: string
  readonly line: number
  readonly text: string
  /** Lines of the file that say what its columns are, where the format has such. */
  readonly header?: readonly string[]
  readonly timeZone: string
  readonly expected: Expected
}

/** One collection of expected outputs: reads what is there below the corpus folder. */
export type Suite = (corpus: string) => Promise<readonly Case[]>
