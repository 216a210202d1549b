// Correlation documents among loaded rules.
import type { Diagnostic } from '../diagnostic.ts'
import type { LoadOptions } from '../load.ts'
import {
  claimId,
  fallbackId,
  finding,
  headOf,
  type Outcome,
  reasonOf,
  type Source,
} from '../loaded.ts'
import { hasErrors } from '../parse/report.ts'
import type { LoadedCorrelation, SigmaCorrelation, SigmaRule } from '../rule.ts'
import {
  cyclic,
  type Lookup,
  lookupOf,
  type Referable,
  type ResolvedBody,
  resolveCorrelation,
} from './resolve.ts'

interface Candidate {
  readonly source: Source
  readonly value: SigmaCorrelation
  readonly id: string
  readonly found: Diagnostic[]
  body: ResolvedBody | undefined
}

/** Resolves every correlation of `sources` and notes what became of each in `outcomes`. */
export function loadCorrelations(
  sources: readonly Source[],
  ids: Map<string, string>,
  outcomes: Map<Source, Outcome>,
  rename?: LoadOptions['rename'],
): { readonly loaded: readonly LoadedCorrelation[]; readonly feeding: ReadonlySet<string> } {
  const candidates = claim(sources, ids, outcomes)
  refuseUnresolved(candidates, rulesOf(sources, outcomes))
  if (rename !== undefined) renameFields(candidates, sources, outcomes, rename)
  const running = candidates.filter(({ found }) => !hasErrors(found))
  const feeding = feedingOf(running)
  noteSilenced(running, feeding, ids)
  const loaded = running.map(({ value, id, body }) => ({
    ...headOf(value, id),
    ...body!,
    name: value.name,
    feedsOnly: feeding.has(id),
  }))
  for (const { source, found } of candidates) {
    outcomes.set(source, { rule: undefined, loaded: !hasErrors(found), found })
  }
  return { loaded, feeding }
}

function claim(
  sources: readonly Source[],
  ids: Map<string, string>,
  outcomes: Map<Source, Outcome>,
): Candidate[] {
  const candidates: Candidate[] = []
  for (const source of sources) {
    const { value, diagnostics } = source.document
    if (value?.kind !== 'correlation') continue
    const found = [...diagnostics]
    const id = hasErrors(found) ? undefined : claimId(source, value, ids, found)
    if (id === undefined) outcomes.set(source, { rule: undefined, loaded: false, found })
    else candidates.push({ source, value, id, found, body: undefined })
  }
  return candidates
}

/** Rules that a correlation may name, those refused with the reason. */
function rulesOf(
  sources: readonly Source[],
  outcomes: ReadonlyMap<Source, Outcome>,
): readonly Referable[] {
  return sources.flatMap((source) => {
    const { value, line } = source.document
    const outcome = outcomes.get(source)
    if (value?.kind === 'filter' || outcome === undefined) return []
    const { document, path } = source
    const id = outcome.rule?.id ?? document.id ?? fallbackId(path, line)
    const refused = outcome.loaded ? undefined : (reasonOf(outcome.found) ?? 'unknown')
    const scheduled = outcome.rule?.trapline?.schedule !== undefined
    return [
      { id, name: value?.name, kind: 'rule' as const, scheduled, ...(refused && { refused }) },
    ]
  })
}

/** A correlation that falls takes those that read it with it, so it goes on until none falls. */
function refuseUnresolved(candidates: readonly Candidate[], rules: readonly Referable[]): void {
  for (let before = -1, fallen = 0; fallen !== before; ) {
    before = fallen
    const lookup = lookupOf([...rules, ...candidates.map(asReferable)])
    const names = namesOf(rules, candidates)
    for (const candidate of candidates) {
      if (!hasErrors(candidate.found)) resolve(candidate, lookup, names)
    }
    const bodies = new Map<string, ResolvedBody>()
    for (const { id, body, found } of candidates) {
      if (body !== undefined && !hasErrors(found)) bodies.set(id, body)
    }
    const circular = cyclic(bodies)
    for (const { id, value, source, found } of candidates) {
      if (!circular.has(id) || hasErrors(found)) continue
      const message = `rule "${value.title}": correlation: reads itself, or through too many levels`
      found.push(finding('correlation-cycle', 'error', message, source.path, source.document.line))
    }
    fallen = candidates.filter(({ found }) => hasErrors(found)).length
  }
}

function asReferable({ id, value, found }: Candidate): Referable {
  const refused = reasonOf(found)
  return {
    id,
    name: value.name,
    kind: 'correlation',
    ...(refused === undefined ? {} : { refused }),
  }
}

function namesOf(rules: readonly Referable[], candidates: readonly Candidate[]): string[] {
  const all = [...rules, ...candidates.map(asReferable)]
  return all.flatMap(({ name }) => (name === undefined ? [] : [name]))
}

function resolve(candidate: Candidate, lookup: Lookup, names: readonly string[]): void {
  const first = candidate.body === undefined
  const { body, report } = resolveCorrelation(candidate.value, lookup, names)
  candidate.body = body
  const errorsOnly = report.diagnostics.filter(({ severity }) => first || severity === 'error')
  candidate.found.push(...errorsOnly)
}

/** Where pipelines rename fields of a rule's events, its correlations read them by aliases. */
function renameFields(
  candidates: readonly Candidate[],
  sources: readonly Source[],
  outcomes: ReadonlyMap<Source, Outcome>,
  rename: NonNullable<LoadOptions['rename']>,
): void {
  const rules = new Map<string, SigmaRule>()
  for (const source of sources) {
    const { value } = source.document
    const id = outcomes.get(source)?.rule?.id
    if (value?.kind === 'rule' && id !== undefined) rules.set(id, value)
  }
  const names = new Set(
    candidates.flatMap(({ body }) => [...(body?.groupBy ?? []), ...(body?.valueFields ?? [])]),
  )
  for (const candidate of candidates) {
    const { body, value, source, found } = candidate
    if (body === undefined) continue
    const inputs = body.inputs.map((input) => {
      const rule = rules.get(input.id)
      if (input.kind !== 'rule' || rule === undefined) return input
      const aliases: Record<string, string> = {}
      for (const alias of new Set([...names, ...Object.keys(input.aliases)])) {
        const field = input.aliases[alias] ?? alias
        const [to = field, ...more] = rename(rule, field)
        if (more.length > 0) {
          const message = `rule "${value.title}": correlation: pipelines give ${field} several names: ${[to, ...more].join(', ')}`
          const { line } = source.document
          found.push(finding('correlation-field-ambiguous', 'error', message, source.path, line))
        }
        if (to !== alias) aliases[alias] = to
      }
      return { ...input, aliases }
    })
    candidate.body = { ...body, inputs }
  }
}

/** Says of rules in other files that this correlation takes their own alerts away. */
function noteSilenced(
  running: readonly Candidate[],
  feeding: ReadonlySet<string>,
  paths: ReadonlyMap<string, string>,
): void {
  for (const { body, value, source, found } of running) {
    const { path, document } = source
    for (const { id, name } of body!.inputs) {
      if (!feeding.has(id) || paths.get(id) === path) continue
      const message = `rule "${value.title}": correlation: "${name}" (${paths.get(id)}) raises nothing itself any more; say generate: true if it shall`
      found.push(finding('correlation-silences-rule', 'info', message, path, document.line))
    }
  }
}

/** Ids of what only feeds correlations: read by one, and `generate` said by none that reads it. */
function feedingOf(running: readonly Candidate[]): ReadonlySet<string> {
  const inputs = (one: Candidate) => one.body!.inputs.map(({ id }) => id)
  const generated = new Set(running.filter(({ body }) => body!.generate).flatMap(inputs))
  return new Set(running.flatMap(inputs).filter((id) => !generated.has(id)))
}
