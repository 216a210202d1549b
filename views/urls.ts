// Every address of the pages, as data: routes mount the patterns, views call `.href()`, nothing
// concatenates. A fragment's address is also a page's (`server/routes/pages/render.tsx`).

type ParamNames<T extends string> = T extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : T extends `${string}:${infer Name}`
    ? Name
    : never

type PathParams<T extends string> = { readonly [name in ParamNames<T>]: string }

/** Query parameters of a link; empty and undefined ones are left out. */
export type QueryParams = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface Route<T extends string> {
  /** The path with `:name` placeholders, as Hono mounts it. */
  readonly pattern: T
  /** The path with its placeholders filled in and a query string. */
  href(
    ...args: [ParamNames<T>] extends [never]
      ? [query?: QueryParams]
      : [params: PathParams<T>, query?: QueryParams]
  ): string
}

function queryString(query: QueryParams): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    if (typeof value === 'object') for (const one of value) search.append(name, one)
    else search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

function route<const T extends string>(pattern: T): Route<T> {
  const href = (...args: readonly (QueryParams | undefined)[]) => {
    const takesParams = pattern.includes(':')
    const params = takesParams ? (args[0] ?? {}) : {}
    const query = (takesParams ? args[1] : args[0]) ?? {}
    const path = pattern.replace(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(String(params[name])),
    )
    return path + queryString(query)
  }
  return { pattern, href }
}

/** Pages and their fragments. */
export const urls = {
  home: route('/'),
  header: route('/header'),
  signIn: route('/sign-in'),
  signOut: route('/sign-out'),
  search: route('/search'),
  searchTable: route('/search/table'),
  searchCount: route('/search/count'),
  searchMore: route('/search/more'),
  searchEmpty: route('/search/empty'),
  searchGroups: route('/search/groups'),
  searchHistogram: route('/search/histogram'),
  searchFacet: route('/search/facet'),
  searchEvent: route('/search/event/:id'),
  alerts: route('/alerts'),
  alertQueue: route('/alerts/queue'),
  alertFacet: route('/alerts/facet'),
  alertDrawer: route('/alerts/drawer/:id'),
  alertThenNow: route('/alerts/then-now/:id'),
  alertChange: route('/alerts/change/:id'),
  alertBulk: route('/alerts/bulk'),
  alertUndo: route('/alerts/undo'),
  ruleFeedback: route('/rules/:id/feedback'),
  suppress: route('/suppress'),
  suppressPreview: route('/suppress/preview'),
  suppressions: route('/suppressions'),
  liveFilters: route('/suppressions/filters'),
  filterEffect: route('/suppressions/filters/:id'),
  suppressionEnd: route('/suppressions/:id/end'),
  suppressionAgree: route('/suppressions/:id/agree'),
  searchPromote: route('/search/event/:id/promote'),
  hunts: route('/hunts'),
  huntNew: route('/hunts/new'),
  hunt: route('/hunts/:id'),
  huntEdit: route('/hunts/:id/edit'),
  huntLedger: route('/hunts/:id/ledger'),
  huntVolume: route('/hunts/:id/volume'),
  huntRunNow: route('/hunts/:id/run'),
  huntFresh: route('/hunts/:id/runs/:run'),
  huntPublish: route('/hunts/:id/publish'),
  huntRemove: route('/hunts/:id/remove'),
  huntPromote: route('/hunts/:id/promote'),
  rules: route('/rules'),
  rule: route('/rules/:id'),
  ruleNew: route('/rules/new'),
  ruleNewCases: route('/rules/new/cases'),
  ruleEdit: route('/rules/:id/edit'),
  ruleDraft: route('/rules/drafts/:draft'),
  editorAct: route('/rules/edit'),
  editorSave: route('/rules/edit/save'),
  editorCheck: route('/rules/edit/check'),
  editorComplete: route('/rules/edit/complete'),
  editorPreview: route('/rules/edit/preview'),
  ruleLivenessSummary: route('/rules/liveness'),
  ruleMetrics: route('/rules/metrics'),
  ruleRuns: route('/rules/:id/runs'),
  ruleRun: route('/rules/:id/run'),
  shadow: route('/rules/shadow'),
  shadowVerdict: route('/rules/shadow/:alert'),
  ruleRollout: route('/rules/:id/rollout'),
  ruleShadow: route('/rules/:id/shadow/:alert'),
  ruleMatches: route('/rules/:id/matches'),
  ruleLiveness: route('/rules/:id/liveness'),
  releases: route('/releases'),
  releaseList: route('/releases/list'),
  releaseDrift: route('/releases/drift'),
  releaseDriftRevert: route('/releases/drift/revert'),
  releaseDriftPropose: route('/releases/drift/propose'),
  releaseChanged: route('/releases/:number/changed'),
  releaseRollback: route('/releases/rollback'),
  releaseChanges: route('/releases/changes'),
  releaseChangeDiff: route('/releases/changes/:id/diff'),
  releaseChangeMerge: route('/releases/changes/:id/merge'),
  releaseChangeClose: route('/releases/changes/:id/close'),
  releaseChangeRetry: route('/releases/changes/:id/retry'),
  sources: route('/sources'),
  sourceCards: route('/sources/cards'),
  source: route('/sources/one'),
  sourceFields: route('/sources/fields'),
  deadLetters: route('/sources/dead-letters'),
  sourceImports: route('/sources/imports'),
  sourceUpload: route('/sources/upload'),
  sourceImportCancel: route('/sources/imports/cancel'),
  sourceAdd: route('/sources/add'),
  sourceSilence: route('/sources/silent-after'),
  scenarios: route('/scenarios'),
  scenarioRuns: route('/scenarios/runs'),
  scenarioPlay: route('/scenarios/:id/play'),
  settings: route('/settings'),
  settingsDeliveries: route('/settings/deliveries'),
  settingsDeliveryReplayAll: route('/settings/deliveries/replay'),
  settingsDeliveryReplay: route('/settings/deliveries/:id/replay'),
  settingsPassword: route('/settings/password'),
  settingsSessions: route('/settings/sessions'),
  settingsSessionRevoke: route('/settings/sessions/:id/revoke'),
  settingsKeys: route('/settings/keys'),
  settingsKeyRevoke: route('/settings/keys/:id/revoke'),
  settingsUsers: route('/settings/users'),
  settingsUserChange: route('/settings/users/:id'),
} as const

/** Addresses of the API that pages link to. */
export const apiUrls = {
  export: route('/api/v1/events/export'),
  ingest: route('/ingest'),
  docs: route('/docs'),
} as const
