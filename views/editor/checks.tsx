/** @jsxImportSource hono/jsx */
import type { DraftCheck, DraftFinding, DraftTest } from '../../server/services/draft-check.ts'
import { plural, visible } from '../shared/format.ts'

const FINDINGS_SHOWN = 50

/** What the linter and the tests say, beside the text. */
export function Checks(props: { readonly check: DraftCheck; readonly path: string }) {
  const { findings, tests, runs } = props.check
  return (
    <>
      <h2 class="sub">Findings</h2>
      {findings.length === 0 && (
        <p class="small-text ok-text">{runs ? 'None.' : 'None, and nothing here runs yet.'}</p>
      )}
      {findings.slice(0, FINDINGS_SHOWN).map((finding) => (
        <FindingBox finding={finding} inTests={finding.path !== props.path} />
      ))}
      {findings.length > FINDINGS_SHOWN && (
        <p class="faint small-text">and {findings.length - FINDINGS_SHOWN} more</p>
      )}
      <h2 class="sub">Tests</h2>
      {tests.length === 0 && (
        <p class="faint small-text">
          None. The second tab takes events that the rule must match, and some that it must not.
        </p>
      )}
      <ul class="tests">
        {tests.map((test) => (
          <TestRow test={test} />
        ))}
      </ul>
    </>
  )
}

function FindingBox(props: { readonly finding: DraftFinding; readonly inTests: boolean }) {
  const { code, severity, message, line, column } = props.finding
  return (
    <button
      type="button"
      class={`lint ${severity}`}
      data-line={line}
      data-column={column}
      data-file={props.inTests ? 'test' : 'text'}
    >
      <span class="mono">
        {props.inTests ? 'tests ' : ''}
        {line}:{column} {code}
      </span>
      <span>{visible(message)}</span>
    </button>
  )
}

function TestRow(props: { readonly test: DraftTest }) {
  const { name, match, passed, message } = props.test
  const [mark, said, kind] =
    passed === undefined
      ? ['○', 'not run', 'faint']
      : passed
        ? ['✓', 'passed', 'ok-text']
        : ['✕', 'failed', 'high']
  return (
    <li>
      <span class={kind} aria-label={said} role="img">
        {mark}
      </span>
      <span>
        {match ? 'fires' : 'silent'}: {visible(name)}
        {message !== '' && <span class="why-not">{visible(message)}</span>}
      </span>
    </li>
  )
}

/** The same in few words, for the status line. */
export function checkFacts({ findings, tests }: DraftCheck): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  const failed = tests.filter(({ passed }) => passed === false).length
  const passed = tests.filter((test) => test.passed === true).length
  return [
    errors + warnings === 0
      ? 'lint clean'
      : [
          ...(errors > 0 ? [plural(errors, 'error')] : []),
          ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
        ].join(', '),
    failed > 0
      ? `${plural(failed, 'test')} failed, ${passed} passed`
      : `${plural(passed, 'test')} passed`,
  ]
}
