// The web application over services: the order of the middleware, the API, the pages. Needs no port, so
// tests call `app.request()`.
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import packageFile from '../package.json' with { type: 'json' }
import { authenticate } from './middleware/authenticate.ts'
import { csrf } from './middleware/csrf.ts'
import type { AppContext, AppEnv } from './middleware/env.ts'
import { rateLimit, takeOne } from './middleware/rate-limit.ts'
import { identifyRequest } from './middleware/request.ts'
import { trustedHosts } from './middleware/trusted-hosts.ts'
import { describeApi } from './routes/api/openapi.ts'
import { registerRoutes } from './routes/api/register.ts'
import { ROUTES } from './routes/api/table.ts'
import { elasticsearchRoutes } from './routes/elasticsearch.ts'
import { errorAnswer } from './routes/errors.ts'
import { otlpLokiRoutes } from './routes/otlp-loki.ts'
import { splunkRoutes } from './routes/splunk.ts'
import { createRateLimits, type RateLimits } from './services/rate-limit.ts'
import { ServiceError } from './services/service-error.ts'
import type { Services } from './services/services.ts'

export interface AppParts {
  readonly services: Services
  readonly limits?: RateLimits
  /** Adds pages; asked last, so that API paths come first. */
  readonly pages?: (app: Hono<AppEnv>) => void
}

/** The application. */
export function createApp(parts: AppParts): Hono<AppEnv> {
  const { services, limits = createRateLimits() } = parts
  const { credentials } = services
  const app = new Hono<AppEnv>()
  app.onError((error, c) => errorAnswer(error, c))
  app.notFound(notFound)
  app.use(identifyRequest(services.settings))
  app.use(trustedHosts(services.settings))
  splunkRoutes(app, services, limits)
  app.use(authenticate({ credentials, countTry: (ip) => takeOne(limits, 'auth', ip) }))
  app.use(rateLimit(limits))
  app.use(csrf())
  registerRoutes(app, ROUTES, services)
  let description: string | undefined
  app.get('/api/v1/openapi.json', (c) => {
    description ??= JSON.stringify(describeApi(ROUTES, packageFile.version))
    return c.body(description, 200, { 'content-type': 'application/json' })
  })
  refuseOtherMethods(app)
  app.all('/api/*', (c) => notFound(c))
  elasticsearchRoutes(app, services)
  otlpLokiRoutes(app, services)
  parts.pages?.(app)
  return app
}

function notFound(c: AppContext): Response {
  return errorAnswer(new ServiceError('not-found', `no ${c.req.path} here`), c)
}

/** A known API path with another method answers 405 and says which ones there are. */
function refuseOtherMethods(app: Hono<AppEnv>): void {
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const methods = ROUTES.filter((route) => route.path === path).map((route) => route.method)
    const allow = methods.map((method) => method.toUpperCase()).join(', ')
    app.all(path, (c) => {
      c.header('Allow', allow)
      return errorAnswer(new HTTPException(405, { message: `use ${allow}` }), c)
    })
  }
}
