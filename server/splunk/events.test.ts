import { describe, expect, test } from 'bun:test'
import { hecEvents, hecLines } from './events.ts'

const events = (body: string, defaults = {}) =>
  hecEvents(body, defaults).map(({ source, texts }) => ({
    source,
    texts: texts.map((text) => JSON.parse(text)),
  }))

describe('events', () => {
  test('follow one another with or without anything between', () => {
    const body = '{"event":"a"}{"event":"b"}\n\n {"event":{"c":1}}'
    expect(events(body)).toEqual([
      { source: undefined, texts: [{ message: 'a' }, { message: 'b' }, { c: 1 }] },
    ])
  })

  test('a line carries what is known of it', () => {
    const body =
      '{"time":"1795169472.345","host":"web1","source":"/var/log/x","sourcetype":"cisco:asa","event":"%ASA-6","fields":{"site":"eu"}}'
    expect(events(body)).toEqual([
      {
        source: 'cisco_asa',
        texts: [
          {
            message: '%ASA-6',
            time: '1795169472.345',
            host: 'web1',
            sourcetype: 'cisco:asa',
            path: '/var/log/x',
            fields: { site: 'eu' },
          },
        ],
      },
    ])
  })

  test('an object keeps its own time and host, and its digits', () => {
    const [group] = hecEvents(
      '{"time":1,"host":"h","event":{"time":"t","host":"own","n":12345678901234567890}}{"time":1,"host":"h","event":{"a":1}}',
      {},
    )
    expect(group?.texts[0]).toContain('12345678901234567890')
    expect(JSON.parse(group?.texts[0] ?? '')).toMatchObject({ time: 't', host: 'own' })
    expect(JSON.parse(group?.texts[1] ?? '')).toEqual({ a: 1, _time: 1, host: 'h' })
  })

  test('labels: a format that is known, the sourcetype, the source', () => {
    const body =
      '{"event":"a","sourcetype":"aws:cloudtrail"}{"event":"b","sourcetype":"my:app"}{"event":"c","sourcetype":"_json","source":"s"}{"event":"d"}'
    expect(events(body).map(({ source }) => source)).toEqual([
      'cloudtrail',
      'my:app',
      's',
      undefined,
    ])
  })

  test('query parameters stand in for what events leave out', () => {
    const [group] = events('{"event":"a"}{"event":"b","host":"own"}', {
      host: 'h',
      sourcetype: 'x',
    })
    expect(group).toMatchObject({ source: 'x', texts: [{ host: 'h' }, { host: 'own' }] })
  })

  test.each([
    ['{"event":"a"}{"host":"h"}', 'eventRequired', 1],
    ['{"event":"  "}', 'eventBlank', 0],
    ['{"event":null}', 'eventRequired', 0],
    ['[{"event":"a"}]', 'invalidFormat', 0],
    ['{"event":"a"}x', 'invalidFormat', 1],
    ['{"event":"a"', 'invalidFormat', 0],
    ['{"event":"a","host":7}', 'invalidFormat', 0],
    ['{"event":"a"}{"event":"b","time":"yesterday"}', 'invalidFormat', 1],
    ['{"event":"a","time":-5}', 'invalidFormat', 0],
    ['{"event":"a","fields":{"a":{"b":1}}}', 'fieldsInvalid', 0],
    [' ', 'noData', undefined],
  ])('%s', (body, reply, event) => {
    expect(() => events(body)).toThrow(expect.objectContaining({ reply, event }))
  })
})

test('raw bodies are lines', () => {
  expect(hecLines('a\r\n\nb', {})).toEqual([{ source: undefined, texts: ['a', 'b'] }])
  const [group] = hecLines('a', { host: 'h', sourcetype: 'linux_secure' })
  expect(group?.source).toBe('linux_auth')
  expect(JSON.parse(group?.texts[0] ?? '')).toMatchObject({ message: 'a', host: 'h' })
})
