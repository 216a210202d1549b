// Scenario playbooks (R3): YAML that says which raw log lines an attack leaves, from which source, and when.
// Pure: text in, a validated scenario or a located problem out; then a plan of lines with their offsets.
import { type Document, LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'

/** Lines one scenario may send, and how long it may last, seconds. */
export const LINES_MAX = 20_000
export const DURATION_MAX_S = 3_600

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000 } as const
const Duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, 'a duration like 200ms, 3s or 1m')
  .transform((text) => {
    const unit = /[a-z]+$/.exec(text)?.[0] as keyof typeof UNITS_MS
    return Number.parseFloat(text) * UNITS_MS[unit]
  })

const Step = z.strictObject({
  /** What the attacker does, for readers. */
  name: z.string().optional(),
  /** Pause before the first line of the step. */
  after: Duration.default(0),
  /** Parser name, or a label. */
  source: z.string().min(1),
  /** How often the lines are sent, and the pause between. */
  repeat: z.number().int().min(1).max(LINES_MAX).default(1),
  every: Duration.default(0),
  lines: z.array(z.string().min(1)).min(1),
})

const ScenarioFile = z.strictObject({
  title: z.string().min(1),
  description: z.string().min(1),
  techniques: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/, 'a technique like T1110.001')).min(1),
  /** `{{name}}` in lines; of a list, each repeat takes the next value. */
  values: z
    .record(
      z.string().regex(/^[a-z_]+$/, 'lower-case letters and _'),
      z.union([z.string(), z.array(z.string()).min(1)]),
    )
    .default({}),
  steps: z.array(Step).min(1),
})
export type Scenario = z.output<typeof ScenarioFile>

/** One line to send. */
export interface PlannedLine {
  /** Milliseconds after the start, at real pacing. */
  readonly offset_ms: number
  readonly source: string
  readonly template: string
  /** Which repeat of its step, from 0. */
  readonly n: number
}

/** A playbook of a file's text, or what is wrong with it and where. */
export function parseScenario(text: string): Scenario | { readonly problem: string } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const fault = document.errors[0] ?? document.warnings[0]
  if (fault !== undefined) {
    return { problem: `line ${lines.linePos(fault.pos[0]).line}: ${fault.message.split('\n')[0]}` }
  }
  if (hasAlias(document)) return { problem: 'aliases (*name) are not read' }
  const parsed = ScenarioFile.safeParse(document.toJS())
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return { problem: `${issue?.path.join('.')}: ${issue?.message}` }
  }
  const problem = checkPlan(parsed.data) ?? checkTemplates(parsed.data)
  return problem === undefined ? parsed.data : { problem }
}

function hasAlias(document: Document): boolean {
  let found = false
  visit(document, {
    Alias: () => {
      found = true
      return visit.BREAK
    },
  })
  return found
}

/** Every line of a scenario in the order it is sent. */
export function planScenario(scenario: Scenario): readonly PlannedLine[] {
  const plan: PlannedLine[] = []
  let at = 0
  for (const step of scenario.steps) {
    at += step.after
    for (let n = 0; n < step.repeat; n++) {
      if (n > 0) at += step.every
      for (const template of step.lines) {
        plan.push({ offset_ms: at, source: step.source, template, n })
      }
    }
  }
  return plan
}

function checkPlan(scenario: Scenario): string | undefined {
  const count = scenario.steps.reduce((sum, step) => sum + step.repeat * step.lines.length, 0)
  if (count > LINES_MAX) return `steps: ${count} lines, at most ${LINES_MAX}`
  const last = planScenario(scenario).at(-1)?.offset_ms ?? 0
  return last > DURATION_MAX_S * 1_000 ? `steps: longer than ${DURATION_MAX_S} s` : undefined
}

function checkTemplates(scenario: Scenario): string | undefined {
  for (const [index, step] of scenario.steps.entries()) {
    for (const line of step.lines) {
      for (const [, name = '', args = ''] of line.matchAll(PLACEHOLDER)) {
        if (Object.hasOwn(scenario.values, name)) continue
        if (Object.hasOwn(FUNCTIONS, name) && FUNCTIONS[name]?.arguments.test(args.trim())) continue
        return `steps.${index}: {{${name}${args}}} is neither a value nor a function`
      }
      const rest = /\{\{[^}]*\}\}/.exec(line.replace(PLACEHOLDER, ''))
      if (rest !== null) return `steps.${index}: ${rest[0]} is no placeholder`
    }
  }
  return undefined
}

const PLACEHOLDER = /\{\{([a-z][a-z0-9_]*)((?: [^{}]*)?)\}\}/g
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

interface Filling {
  readonly time: Date
  readonly n: number
  /** 0 <= x < 1. */
  random(): number
}

interface TemplateFunction {
  readonly arguments: RegExp
  fill(args: readonly string[], filling: Filling): string
}

const none = /^$/
const count = /^\d{1,3}$/
/** What a line may hold beside values: `{{time}}`, `{{int 1024 65535}}`, `{{hex 32}}`. */
const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  time: { arguments: none, fill: (_, { time }) => time.toISOString() },
  time_syslog: { arguments: none, fill: (_, { time }) => syslogTime(time) },
  time_clf: { arguments: none, fill: (_, { time }) => commonLogTime(time) },
  time_seconds: {
    arguments: none,
    fill: (_, { time }) => (time.getTime() / 1_000).toFixed(6),
  },
  n: { arguments: none, fill: (_, { n }) => String(n) },
  int: {
    arguments: /^\d{1,9} \d{1,9}$/,
    fill: ([low, high], { random }) =>
      String(Number(low) + Math.floor(random() * (Number(high) - Number(low) + 1))),
  },
  hex: { arguments: count, fill: ([n], filling) => letters('0123456789abcdef', n, filling) },
  base32: {
    arguments: count,
    fill: ([n], filling) => letters('abcdefghijklmnopqrstuvwxyz234567', n, filling),
  },
  uuid: { arguments: none, fill: () => crypto.randomUUID() },
}

/** A line as it is sent: every `{{...}}` filled. */
export function fillLine(
  line: PlannedLine,
  values: Scenario['values'],
  filling: Omit<Filling, 'n'>,
): string {
  return line.template.replace(PLACEHOLDER, (whole, name: string, args: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (typeof value === 'string') return value
    if (value !== undefined) return value[line.n % value.length] ?? ''
    return FUNCTIONS[name]?.fill(args.trim().split(' '), { ...filling, n: line.n }) ?? whole
  })
}

function letters(alphabet: string, length: string | undefined, { random }: Filling): string {
  const pick = () => alphabet[Math.floor(random() * alphabet.length)] ?? ''
  return Array.from({ length: Number(length) }, pick).join('')
}

function syslogTime(time: Date): string {
  const day = String(time.getUTCDate()).padStart(2)
  return `${MONTHS[time.getUTCMonth()]} ${day} ${time.toISOString().slice(11, 19)}`
}

function commonLogTime(time: Date): string {
  const day = String(time.getUTCDate()).padStart(2, '0')
  const clock = time.toISOString().slice(11, 19)
  return `${day}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}:${clock} +0000`
}
