// CodeMirror over a text area. It stands in a shadow root: there its styles are constructed sheets, which
// the content security policy allows, where a style element would need a nonce.
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Place, ShownFinding, Suggestion } from './server.ts'

export interface Editor {
  readonly view: EditorView
  focus(): void
  /** Puts the cursor at a line and column, both from 1. */
  goTo(line: number, column: number): void
}

export interface EditorOptions {
  readonly complete: ((text: string, at: Place) => Promise<readonly Suggestion[]>) | undefined
  changed(): void
}

const theme = EditorView.theme({
  '&': {
    height: '100%',
    fontSize: '12.5px',
    color: 'var(--text)',
    backgroundColor: 'var(--surface)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '10px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--faint)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'var(--accent-soft)' },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '12px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--text)',
  },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  '.cm-diagnostic': { fontFamily: 'var(--sans)', fontSize: '12px', padding: '4px 8px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--high)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--medium)' },
  '.cm-diagnosticAction': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--high)' },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--medium)',
  },
  '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--low)' },
  '.cm-searchMatch': { backgroundColor: 'var(--mark)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-textfield, .cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--control)',
  },
})

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.content, tags.special(tags.string)], color: 'var(--low)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--medium)' },
  { tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--high)' },
])

/** Puts an editor before a text area, which keeps the text for the form. */
export function createEditor(area: HTMLTextAreaElement, options: EditorOptions): Editor {
  const host = document.createElement('div')
  host.className = 'code'
  const root = host.attachShadow({ mode: 'open' })
  // The page's own keys are not for text that is being written.
  host.addEventListener('keydown', (event) => event.stopPropagation())
  area.before(host)
  area.hidden = true
  const wrapping = new Compartment()
  const narrow = matchMedia(NARROW)
  const extension = () => (narrow.matches ? EditorView.lineWrapping : [])
  const wrapped = wrapping.of(extension())
  const view = new EditorView({ root, parent: root, state: stateOf(area, options, wrapped) })
  narrow.addEventListener('change', () => {
    view.dispatch({ effects: wrapping.reconfigure(extension()) })
  })
  return {
    view,
    focus: () => view.focus(),
    goTo: (line, column) => {
      const at = offsetOf(view, { line: line - 1, character: column - 1 })
      view.dispatch({
        selection: { anchor: at },
        effects: EditorView.scrollIntoView(at, { y: 'center' }),
      })
      view.focus()
    },
  }
}

/** Where long lines wrap: reading them must not need scrolling to the side. */
const NARROW = '(max-width: 900px)'

function stateOf(
  area: HTMLTextAreaElement,
  options: EditorOptions,
  wrapping: Extension,
): EditorState {
  return EditorState.create({
    doc: area.value,
    extensions: [
      ...[lineNumbers(), history(), drawSelection(), highlightActiveLine(), lintGutter()],
      ...[search({ top: true }), highlightSelectionMatches(), yaml(), indentUnit.of('    ')],
      ...[EditorState.tabSize.of(4), syntaxHighlighting(colours), theme],
      EditorView.contentAttributes.of({
        'aria-label': area.getAttribute('aria-label') ?? '',
        spellcheck: 'false',
      }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return
        area.value = update.state.doc.toString()
        options.changed()
      }),
      wrapping,
      keysOf(),
      completionOf(options),
    ],
  })
}

/** Tab indents; Escape and then Tab leaves, as the hint of assistive technology says. */
function keysOf(): Extension {
  let leaving = false
  return [
    EditorView.domEventHandlers({
      keydown: (event) => {
        if (event.key === 'Escape') leaving = true
        else if (event.key !== 'Tab' && event.key !== 'Shift') leaving = false
        return false
      },
      focus: () => {
        leaving = false
        return false
      },
    }),
    keymap.of([
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      {
        key: 'Tab',
        run: (view) => !leaving && indentMore(view),
        shift: (view) => !leaving && indentLess(view),
      },
    ]),
  ]
}

function completionOf({ complete }: EditorOptions): Extension {
  if (complete === undefined) return []
  const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const line = context.state.doc.lineAt(context.pos)
    const before = line.text.slice(0, context.pos - line.from)
    if (!context.explicit && !/[\w@.|]$/.test(before)) return null
    const at = { line: line.number - 1, character: context.pos - line.from }
    const items = await complete(context.state.doc.toString(), at)
    const [first] = items
    if (first === undefined || context.aborted) return null
    return {
      from: line.from + first.from,
      options: items.map(({ label, kind, detail, info }) => ({
        ...{ label, type: kind },
        ...(detail === undefined ? {} : { detail }),
        ...(info === undefined || info === '' ? {} : { info }),
      })),
      validFor: /^[\w@.-]*$/,
    }
  }
  return autocompletion({ override: [source], icons: false })
}

function offsetOf(view: EditorView, { line, character }: Place): number {
  const { doc } = view.state
  const found = doc.line(Math.min(Math.max(line + 1, 1), doc.lines))
  return Math.min(found.from + character, found.to)
}

/** Underlines findings, each with its fixes. */
export function showFindings({ view }: Editor, findings: readonly ShownFinding[]): void {
  const diagnostics = findings.map((finding): Diagnostic => {
    const from = offsetOf(view, finding.from)
    return {
      from,
      to: Math.max(from, offsetOf(view, finding.to)),
      severity: finding.severity,
      source: finding.code,
      message: finding.message,
      actions: finding.fixes.map(({ title, edits }) => ({
        name: title,
        apply: (target) =>
          target.dispatch({
            changes: edits.map(({ start, end, text }) => ({ from: start, to: end, insert: text })),
          }),
      })),
    }
  })
  view.dispatch(setDiagnostics(view.state, diagnostics))
}
