/** @jsxImportSource hono/jsx */
const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Anywhere',
    [
      ['/', 'to the query'],
      ['g then s a h r d o c', 'Search, Alerts, Hunts, Rules, Releases, Sources, Scenarios'],
      ['?', 'this help'],
      ['Esc', 'close what is open'],
    ],
  ],
  [
    'Lists',
    [
      ['j  k', 'next, previous row'],
      ['Enter  o', 'open the row'],
      ['x', 'select the row'],
      ['Shift x', 'select up to here'],
      ['y', 'copy link with absolute times'],
    ],
  ],
  [
    'Search',
    [
      ['Ctrl Enter', 'run'],
      ['[  ]', 'shift the time window'],
      ['f  F', 'filter for, filter out the focused value'],
      ['e', 'events around this one'],
      ['p', 'promote the event to an alert'],
      ['t', 'suppress events like it'],
      ['l', 'live on or off'],
      ['n', 'new rule from this search'],
    ],
  ],
  [
    'Rules',
    [
      ['n', 'new rule'],
      ['e', 'edit the rule that is shown'],
      ['Ctrl Space', 'in the editor: what may stand here'],
      ['Esc Tab', 'out of the editor'],
    ],
  ],
  [
    'Hunts',
    [
      ['h', 'on the search page: save as hunt'],
      ['r', 'run now'],
      ['s', 'open in search'],
      ['p', 'promote to a detection'],
    ],
  ],
  [
    'Alerts',
    [
      ['a', 'take'],
      ['v then 1-7', 'verdict'],
      ['t', 'suppress what is like it'],
      ['u', 'undo what was just done to the selection'],
    ],
  ],
]

/** The keyboard map, opened with `?`. */
export function HelpDialog() {
  return (
    <dialog id="help" aria-labelledby="help-title">
      <form method="dialog" hx-boost="false">
        <h2 id="help-title">Keys</h2>
        <div class="help">
          {KEYS.map(([group, keys]) => (
            <section>
              <h3>{group}</h3>
              <dl>
                {keys.map(([key, what]) => (
                  <>
                    <dt>
                      <kbd>{key}</kbd>
                    </dt>
                    <dd>{what}</dd>
                  </>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <p class="muted">Only when no input has focus. Switch them off in the user menu.</p>
        <button type="submit" class="small">
          Close
        </button>
      </form>
    </dialog>
  )
}
