// What a check is: one thing that can be wrong with content, with its page in the docs.
import type { Diagnostic, Severity } from '../diagnostic.ts'
import type { Expr } from '../ir/expr.ts'
import type { Entries } from '../parse/reader.ts'
import type {
  DetectionItem,
  DetectionNode,
  Position,
  SigmaCorrelation,
  SigmaDocument,
  SigmaFilter,
  SigmaRule,
  Yaml,
} from '../rule.ts'
import type { LintFacts } from './facts.ts'

/** A text to be linted; its path decides nothing but names, messages and what counts as a test file. */
export interface LintFile {
  readonly path: string
  readonly text: string
}

/** Replaces `[start, end)` of a file's text, in UTF-16 units. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A way to mend a finding. A safe one never changes what a rule matches; `--fix` applies only these. */
export interface Fix {
  readonly title: string
  readonly safe: boolean
  readonly edits: readonly Edit[]
}

export interface Finding extends Diagnostic {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly fix?: Fix
}

/** Reports a finding at a place of the subject's file. */
export type Add = (at: Position, message: string, fix?: Fix | undefined) => void

/** A field item with what stands around it. */
export interface ItemUse {
  readonly selection: string
  readonly item: DetectionItem
  /** All items of the same map, this one included: they are ANDed. */
  readonly siblings: readonly DetectionItem[]
}

export interface FileSubject {
  readonly file: LintFile
  readonly facts: LintFacts
  readonly set: ContentSet
}

export interface DocumentSubject<Value extends SigmaDocument = SigmaDocument> extends FileSubject {
  readonly value: Value
  /** The document's own keys, with places. */
  readonly entries: Entries
}

export interface DetectionSubject extends DocumentSubject<SigmaRule | SigmaFilter> {
  readonly items: readonly ItemUse[]
  /** Expressions of the selections that can be lowered. */
  readonly exprs: ReadonlyMap<string, Expr>
  /** Undefined when the document cannot run. */
  readonly expr: Expr | undefined
}

/** A YAML document that is no rule: tests, pipeline, hunt. */
export interface YamlSubject extends FileSubject {
  readonly root: Yaml
  readonly entries: Entries
}

/** One Sigma document of the set that is linted. */
export interface SetDocument {
  readonly file: LintFile
  readonly value: SigmaDocument
  readonly entries: Entries
  readonly expr: Expr | undefined
  readonly exprs: ReadonlyMap<string, Expr>
}

/** Everything that is linted together: what references and duplicates are looked up in. */
export interface ContentSet {
  readonly documents: readonly SetDocument[]
  /** By id, and by name. */
  readonly byReference: ReadonlyMap<string, readonly SetDocument[]>
  readonly byPath: ReadonlyMap<string, readonly SetDocument[]>
  /** Test files by path. */
  readonly tests: ReadonlyMap<string, YamlTests>
  /** What a check computes once for the whole set, under its own key. */
  memo<T>(key: string, make: () => T): T
}

/** What of a test file other checks look at. */
export interface YamlTests {
  readonly path: string
  readonly cases: readonly { readonly match: boolean | undefined; readonly rule?: string }[]
}

interface CheckText {
  readonly severity: Severity
  /** One line: what is found. */
  readonly summary: string
  /** Why it matters and what to do, for the check's page. */
  readonly why: string
  /** Top-level keys that replace those of a good rule (documents after `---` likewise). */
  readonly bad?: string
  readonly good?: string
  /** File name of both examples, where it matters. */
  readonly path?: string
  readonly fixable?: boolean
}

export type Check = CheckText &
  (
    | { readonly on: 'file'; readonly run: (subject: FileSubject, add: Add) => void }
    | { readonly on: 'document'; readonly run: (subject: DocumentSubject, add: Add) => void }
    | { readonly on: 'rule'; readonly run: (subject: RuleSubject, add: Add) => void }
    | { readonly on: 'detection'; readonly run: (subject: DetectionSubject, add: Add) => void }
    | {
        readonly on: 'item'
        readonly run: (subject: DetectionSubject, add: Add, use: ItemUse) => void
      }
    | {
        readonly on: 'correlation'
        readonly run: (subject: DocumentSubject<SigmaCorrelation>, add: Add) => void
      }
    | { readonly on: 'filter'; readonly run: (subject: FilterSubject, add: Add) => void }
    | {
        readonly on: 'tests' | 'pipeline' | 'hunt'
        readonly run: (subject: YamlSubject, add: Add) => void
      }
    /** Found while reading or lowering; here for its page, its severity and its name. */
    | { readonly on: 'reading' }
  )

export type RuleSubject = DetectionSubject & DocumentSubject<SigmaRule>
export type FilterSubject = DetectionSubject & DocumentSubject<SigmaFilter>

/** Every field item below a selection, in file order. */
export function itemUses(selection: string, node: DetectionNode): ItemUse[] {
  if (node.kind === 'keywords') return [{ selection, item: node.item, siblings: [node.item] }]
  if (node.kind === 'list') return node.nodes.flatMap((inner) => itemUses(selection, inner))
  return node.items.map((item) => ({ selection, item, siblings: node.items }))
}

/** Whether a rule raises nothing itself: only correlations that do not pass it on read it. */
export function feedsOnly({ set, value }: DocumentSubject): boolean {
  const fed = set.memo('rules that only feed', () => {
    const names = new Set<string>()
    for (const { value: other } of set.documents) {
      if (other.kind === 'correlation' && !other.generate)
        for (const name of other.rules) names.add(name)
    }
    return names
  })
  return [value.id, value.name].some((name) => name !== undefined && fed.has(name))
}

/** Where a top-level key's value stands, or its document begins. */
export function placeOf(subject: DocumentSubject | YamlSubject, key: string): Position {
  const entry = subject.entries.get(key)
  if (entry !== undefined) return entry.value.kind === 'null' ? entry.key : entry.value
  return 'value' in subject ? subject.value : subject.root
}

/** Where a key below a top-level map stands, or the entry of its list that is `name`. */
export function placeBelow(
  subject: DocumentSubject,
  top: string,
  key: string,
  name?: string,
): Position {
  const own = subject.entries.get(top)?.value
  const value = own?.kind === 'map' ? own.entries.get(key)?.value : undefined
  if (value === undefined) return placeOf(subject, top)
  if (name === undefined || value.kind !== 'list') return value
  return value.items.find((item) => 'text' in item && item.text === name) ?? value
}

/** The scalars of a top-level list, or of a single value in its place. */
export function scalarsOf(
  entries: Entries,
  key: string,
): readonly Extract<Yaml, { text: string }>[] {
  const value = entries.get(key)?.value
  if (value === undefined || value.kind === 'map') return []
  const items = value.kind === 'list' ? value.items : [value]
  return items.flatMap((item) => ('text' in item && item.kind !== 'null' ? [item] : []))
}
