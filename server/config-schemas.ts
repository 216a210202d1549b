// How the text of a setting becomes its value.
import { isIP } from 'node:net'
import { z } from 'zod'

export interface Setting<T> {
  readonly variable: string
  /** What a value looks like, for help texts. */
  readonly type: string
  /** Text used when the variable is absent or empty. */
  readonly default: string
  readonly help: string
  /** Never printed. */
  readonly secret?: true
  readonly schema: z.ZodType<T, string>
}

/** A socket address to listen on. */
export interface Listen {
  readonly host: string
  readonly port: number
}

export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}`)

export const optionalText = z.string().transform((text) => (text === '' ? undefined : text))
export const optionalNumber = optionalText.refine(
  (text) => text === undefined || /^[1-9]\d{0,15}$/.test(text),
  'must be a whole number',
)
export const optionalHttpUrl = optionalText.refine(
  (text) => text === undefined || (/^https?:\/\//.test(text) && URL.canParse(text)),
  'must be an http or https URL',
)
export const list = (separator: string) =>
  z.string().transform((text) =>
    text
      .split(separator)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

const network = /^(?<address>[^/]+)(?:\/(?<bits>\d{1,3}))?$/
export function isNetwork(text: string): boolean {
  const { address = '', bits } = network.exec(text)?.groups ?? {}
  const version = isIP(address)
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128))
}

export const listen = z.string().transform((text, context): Listen | undefined => {
  if (text === '') return undefined
  const parts = /^(?:\[(?<six>[0-9a-fA-F:]+)\]|(?<name>[^:[\]\s]+)):(?<port>\d{1,5})$/.exec(text)
  const port = Number(parts?.groups?.port)
  if (parts === null || port > 65_535) {
    context.addIssue('must be HOST:PORT such as 0.0.0.0:5140 or [::]:5140, or empty for off')
    return z.NEVER
  }
  return { host: parts.groups?.six ?? parts.groups?.name ?? '', port }
})

export const yesNo = z
  .string()
  .regex(/^(true|false|yes|no|on|off|1|0)$/i, 'must be true or false')
  .transform((text) => /^(true|yes|on|1)$/i.test(text))

export const zone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}, 'must be an IANA time zone such as Europe/Berlin')

export const key = z
  .string()
  .refine(
    (text) => text === '' || /^[0-9a-fA-F]{64}$/.test(text),
    'must be 64 hex digits (32 bytes)',
  )
  .transform((text) => (text === '' ? undefined : text.toLowerCase()))

/** What is wrong with a setting. */
export interface Problem {
  readonly variable: string
  readonly message: string
}
