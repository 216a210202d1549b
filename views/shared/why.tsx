/** @jsxImportSource hono/jsx */
// Why a rule fires on an event or does not: its condition as a tree that folds without script.
import type { Why as Explained, WhyNode, WhyTest } from '../../sigma/eval/why.ts'
import { urls } from '../urls.ts'
import { visible } from './format.ts'
import { SeverityMark } from './severity.tsx'
import { type CorrelationStanding, StandingBody } from './why-correlation.tsx'

/** A rule, and its condition on one event. */
export interface Why {
  readonly ruleId: string
  readonly title: string
  readonly level?: string
  readonly status?: string
  /** Undefined when the rule could not be explained; `problem` says why. */
  readonly explained?: Explained
  /** Of a correlation, instead. */
  readonly correlation?: CorrelationStanding
  readonly problem?: string
  /** No rule's page to go to. */
  readonly isUnlinked?: true
}

const SHOWN_chars = 160

/** Why a rule fires or does not; `open` shows the condition at once. */
export function WhyBox(props: { readonly why: Why; readonly open?: boolean }) {
  const { why, open = true } = props
  const { explained, correlation } = why
  const fires = explained?.fires ?? correlation?.fires
  return (
    <div class={`why ${fires === false ? 'no' : ''}`}>
      <div class="head">
        {why.level !== undefined && <SeverityMark severity={why.level} />}
        {why.isUnlinked ? (
          <strong>{visible(why.title)}</strong>
        ) : (
          <a class="link" href={urls.rule.href({ id: why.ruleId })}>
            {visible(why.title)}
          </a>
        )}
        {why.status !== undefined && <span class="faint">{why.status}</span>}
      </div>
      {why.problem !== undefined && <p class="muted">{visible(why.problem)}</p>}
      {explained !== undefined && (
        <details open={open}>
          <summary>
            <Tick holds={explained.fires} />
            {explained.fires ? 'fires on this event' : 'does not fire on it as it is loaded now'}
          </summary>
          <Tree explained={explained} />
        </details>
      )}
      {correlation !== undefined && (
        <details open={open}>
          <summary>
            <Tick holds={correlation.fires} />
            {correlation.fires
              ? 'holds around this event'
              : 'does not hold around it as it is loaded now'}
          </summary>
          <StandingBody standing={correlation} />
          {correlation.whys.map(({ ruleId, title, explained: below }) => (
            <WhyBox why={{ ruleId, title, explained: below }} open={false} />
          ))}
        </details>
      )}
    </div>
  )
}

function Tree(props: { readonly explained: Explained }) {
  const { fires, logsource, tree, change, effects = [] } = props.explained
  const nodes = tree.kind === 'and' ? tree.children : [tree]
  return (
    <>
      <ul class="why-tree">
        <li class={logsource.accepts ? 't' : 'f'}>
          <div class="leaf">
            <Tick holds={logsource.accepts} />
            <span>
              log source <span class="faint">{visible(logsource.why)}</span>
            </span>
          </div>
        </li>
        {nodes.map((node) => (
          <Node node={node} fires={fires} negated={false} />
        ))}
      </ul>
      {effects.length > 0 && <Effects effects={effects} />}
      {change !== undefined && <SmallestChange change={change} runs={logsource.accepts} />}
    </>
  )
}

/** What filters, pipelines and lists made of the rule. A filter that leaves the event out is open. */
function Effects(props: { readonly effects: NonNullable<Explained['effects']> }) {
  return (
    <div class="why-change">
      {props.effects.map(({ kind, name, number, changes, silences }) => (
        <details open={silences === true}>
          <summary>
            {silences !== undefined && <Tick holds={!silences} />}
            {kind} {number} {visible(name)}
            {silences === true && ' leaves this event out'}
          </summary>
          <ul>
            {changes.map((change) => (
              <li>{cut(change)}</li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  )
}

const LABELS: Partial<Record<WhyNode['kind'], string>> = { and: 'all of', or: 'any of' }

/** One node. What made the outcome is open, the rest is folded. */
function Node(props: {
  readonly node: WhyNode
  readonly fires: boolean
  readonly negated: boolean
  /** `not ` where the node stands for its negation too. */
  readonly before?: string
}) {
  const { node, fires, negated, before = '' } = props
  const [child] = node.children
  if (node.kind === 'not' && child !== undefined && child.kind !== 'test') {
    const inner = { ...child, holds: node.holds }
    return <Node node={inner} fires={fires} negated={!negated} before={`${before}not `} />
  }
  const mark = node.holds ? 't' : 'f'
  if (node.test !== undefined || node.children.length === 0)
    return (
      <li class={mark}>
        <Leaf node={node} />
      </li>
    )
  // A node shown with its `not` carries what its negation came to, those below it what they came to.
  const held = negated && before !== '' ? !node.holds : node.holds
  const decides = negated ? held && !fires : held === fires
  const label = node.label === node.kind ? (LABELS[node.kind] ?? node.label) : node.label
  return (
    <li class={mark}>
      <details open={decides}>
        <summary>
          <Tick holds={node.holds} />
          {before}
          {visible(label)}
        </summary>
        <ul>
          {node.children.map((one) => (
            <Node node={one} fires={fires} negated={negated} />
          ))}
          {node.omitted !== undefined && (
            <li class="faint">and {node.omitted} more that do not matter here</li>
          )}
        </ul>
      </details>
    </li>
  )
}

function Tick(props: { readonly holds: boolean }) {
  return (
    <span class="tick">
      <span aria-hidden="true">{props.holds ? '✓' : '✗'}</span>
      <span class="hidden">{props.holds ? 'held: ' : 'did not hold: '}</span>
    </span>
  )
}

function Leaf(props: { readonly node: WhyNode }) {
  const { node } = props
  const { test } = node
  const expected = test === undefined ? '' : cut(test.expected)
  return (
    <div class="leaf">
      <Tick holds={node.holds} />
      <span>
        {test === undefined ? (
          visible(node.label)
        ) : (
          <>
            {test.field === '' ? 'any text' : visible(test.field)} {test.operator}{' '}
            {node.holds ? <mark>{expected}</mark> : expected}
            <Seen test={test} holds={node.holds} />
          </>
        )}
      </span>
    </div>
  )
}

/** What the event has, unless it is what was asked for, and what is to be said of it. */
function Seen(props: { readonly test: WhyTest; readonly holds: boolean }) {
  const { test, holds } = props
  const { actual, why } = test
  if (actual === undefined) return holds ? null : <span class="seen">{visible(why)}</span>
  if (holds && actual === test.expected) return null
  const said = `it is ${JSON.stringify(actual)}`
  return (
    <span class="seen">
      it is {cut(actual)}
      {why.startsWith(said) && visible(why.slice(said.length))}
    </span>
  )
}

function SmallestChange(props: {
  readonly change: NonNullable<Explained['change']>
  /** Whether the log source lets the rule run. */
  readonly runs: boolean
}) {
  const { changes, isProven } = props.change
  if (changes.length === 0)
    return <p class="why-change">No change of this event can make the rule fire.</p>
  const what = changes.length === 1 ? 'this were' : `these ${changes.length} values were`
  return (
    <div class="why-change">
      <p>
        {props.runs ? 'It would fire' : 'Its condition would hold'} if {what} otherwise
        {isProven && ' (tried)'}:
      </p>
      <ul>
        {changes.map(({ field, from, needs, example }) => (
          <li>
            {field === '' ? 'the event' : visible(field)}{' '}
            {from === undefined ? 'is not there' : `is ${cut(from)}`}, {visible(needs)}
            {example !== undefined && (
              <>
                , for example{' '}
                {example === null ? 'absent' : <mark>{cut(exampleText(example))}</mark>}
              </>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A value as it would stand in the event; a list as JSON. */
function exampleText(example: string | number | boolean | readonly unknown[]): string {
  return typeof example === 'object' ? JSON.stringify(example) : String(example)
}

function cut(text: string): string {
  const shown = visible(text)
  return shown.length > SHOWN_chars ? `${shown.slice(0, SHOWN_chars)}…` : shown
}

/** The tests of these rules that held, in their order. */
export function heldTests(whys: readonly Why[]): readonly WhyTest[] {
  const of = (node: WhyNode): readonly WhyTest[] =>
    node.test !== undefined ? (node.holds ? [node.test] : []) : node.children.flatMap(of)
  return whys.flatMap(({ explained }) => (explained === undefined ? [] : of(explained.tree)))
}

/** Texts that made a rule fire: marked in the event below. */
export function marksOfWhy(whys: readonly Why[]) {
  return heldTests(whys)
    .filter(({ expected }) => expected.length > 1)
    .map(({ field, expected }) => ({
      field: field === '' ? undefined : field,
      text: expected.replace(/^[*]+|[*]+$/g, ''),
    }))
}
