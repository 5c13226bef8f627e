import { acceptInCharset, annotationFilter, appliedPreference, errorBody, jsonContentType, negotiateVersion, parseAccept, parseMetadataAccept, parsePrefer, propertyJson, rawValue, entityJson, requireTextAccepted, serviceDocument, type JsonStyle } from '../src/index.js'
import { hubError } from '@tributary/errors'

const minimal: JsonStyle = { metadata: 'minimal', ieee754: false, prefixed: true }

describe('parseAccept', () => {
  it.each([
    [undefined, undefined, 'minimal', false],
    ['', undefined, 'minimal', false],
    ['*/*', undefined, 'minimal', false],
    ['application/json', undefined, 'minimal', false],
    ['application/json;odata.metadata=minimal;IEEE754Compatible=true', undefined, 'minimal', true],
    ['application/json; charset=utf-8; ieee754compatible=TRUE; metadata=none', undefined, 'none', true],
    ['application/json;charset=UTF-8;odata.streaming=true;odata.metadata=none', undefined, 'none', false],
    ['application/atom+xml,application/xml;q=0.8, */*;q=0.1', undefined, 'minimal', false],
    ['application/json;odata.metadata=full;q=0.4, application/json;odata.metadata=none;q=0.5', undefined, 'none', false],
    ['*/*, application/json;odata.metadata=none', undefined, 'none', false],
    ['application/xml', 'json', 'minimal', false],
    ['application/xml', 'application/json;odata.metadata=none;IEEE754Compatible=true', 'none', true],
    ['text/x;x="a,b;c", application/json;charset="utf-8";IEEE754Compatible=true', undefined, 'minimal', true],
  ] as const)('takes Accept %s with $format %s as metadata=%s, ieee754=%s', (accept, format, metadata, ieee754) => {
    expect(parseAccept(accept, format)).toMatchObject({ metadata, ieee754 })
  })

  it.each([
    ['application/xml', undefined],
    ['application/atom+xml', undefined],
    ['application/json;odata.metadata=some', undefined],
    ['application/json;q=0', undefined],
    [undefined, 'atom'],
    [undefined, 'xml'],
    ['application/json', 'csv'],
  ])('refuses Accept %s with $format %s', (accept, format) => {
    expect(() => parseAccept(accept, format)).toThrow(expect.objectContaining({ code: 'HUB_FORMAT_UNSUPPORTED', status: 406 }))
  })

  it('says what is sent', () => {
    expect(jsonContentType({ metadata: 'minimal', ieee754: true })).toBe('application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=true')
  })

  it.each([
    ['application/json', false],
    ['*/*', false],
    ['application/json;odata.metadata=none;charset=utf-8', true],
    ['application/json;charset="UTF-8";IEEE754Compatible=true', true],
    ['application/xml;charset=utf-8, application/json;q=0.5', false],
  ])('names the character set to who asked for %s: %s', (accept, named) => {
    expect(jsonContentType(parseAccept(accept, undefined)).endsWith(';charset=utf-8')).toBe(named)
  })
})

describe('parseMetadataAccept', () => {
  it.each([
    [undefined, undefined, 'xml'], ['*/*', undefined, 'xml'], ['application/xml', undefined, 'xml'], ['application/json', undefined, 'json'],
    ['application/json;q=0.5, application/xml', undefined, 'xml'], ['application/xml', 'json', 'json'], [undefined, 'xml', 'xml'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', undefined, 'xml'],
  ] as const)('answers Accept %s with $format %s as %s', (accept, format, form) => {
    expect(parseMetadataAccept(accept, format)).toBe(form)
  })
  it('refuses what is neither', () => {
    expect(() => parseMetadataAccept('text/html', undefined)).toThrow(expect.objectContaining({ code: 'HUB_FORMAT_UNSUPPORTED' }))
  })
})

describe('negotiateVersion', () => {
  it.each([
    [undefined, '4.0', true], ['4.0', '4.0', true], ['4.01', '4.01', false], ['4', '4.0', true], ['5.0', '4.01', false],
  ] as const)('answers OData-MaxVersion %s with %s, prefixed %s', (max, version, prefixed) => {
    expect(negotiateVersion(max)).toEqual({ version, prefixed })
  })
  it.each(['3.0', '2', 'x', '4.x', '', ' '])('refuses %j', (max) => {
    expect(() => negotiateVersion(max)).toThrow(expect.objectContaining({ code: 'HUB_VERSION_UNSUPPORTED' }))
  })
})

describe('what a client accepts', () => {
  it.each(['application/json;foo=bar', 'application/json;odata=verbose', 'application/json;odata.metadata=all', 'application/json;charset=latin1', 'json;x'])('is none of it where it has a parameter that nobody knows: %s', (accept) => {
    expect(() => parseAccept(accept, undefined)).toThrow(expect.objectContaining({ code: 'HUB_FORMAT_UNSUPPORTED', status: 406 }))
    expect(parseAccept(`${accept}, application/json;odata.metadata=none;q=0.1`, undefined)).toEqual({ metadata: 'none', ieee754: false })
  })
  it.each(['application/json;odata.streaming=true;ExponentialDecimals=true;q=0.9', 'application/json;streaming=false;Metadata=minimal;IEEE754Compatible=false'])('may have every parameter there is: %s', (accept) => {
    expect(parseAccept(accept, undefined)).toEqual({ metadata: 'minimal', ieee754: false })
  })
  it('is written in the character set of Accept-Charset, whatever its ranges say', () => {
    expect(acceptInCharset('application/json;charset=iso-8859-1;odata.metadata=none, text/plain; charset="x,y"', 'utf-8')).toBe('application/json;odata.metadata=none, text/plain')
    expect([acceptInCharset(undefined, 'UTF8;q=0.1, latin1'), acceptInCharset('*/*', '*'), acceptInCharset('a/b', '')]).toEqual([undefined, '*/*', 'a/b'])
    for (const other of ['iso-8859-1', 'utf-8;q=0', 'latin1, utf-8;q=0, *']) expect(() => acceptInCharset('*/*', other)).toThrow(expect.objectContaining({ code: 'HUB_FORMAT_UNSUPPORTED', target: 'Accept-Charset' }))
  })
})

describe('parsePrefer', () => {
  it.each([
    ['maxpagesize=10', { maxPageSize: 10 }], ['maxpagesize=10, maxpagesize=20', { maxPageSize: 10 }], ['return=minimal; x=1, omit-values="nulls"', { omit: 'nulls' }], ['OMIT-VALUES=Defaults', { omit: 'defaults' }],
    ['odata.maxpagesize=10, maxpagesize=20', { maxPageSize: 20 }], ['maxpagesize=20,odata.maxpagesize=10', { maxPageSize: 20 }], ['odata.maxpagesize="10"', { maxPageSize: 10, prefixed: new Set(['maxpagesize']) }],
    ['maxpagesize=0', {}], ['maxpagesize=ten', {}], ['omit-values=all', {}], [undefined, {}], ['respond-async, wait=5 , odata.track-changes', { respondAsync: true, waitSeconds: 5, trackChanges: true, prefixed: new Set(['track-changes']) }],
    ['odata.continue-on-error=false', { continueOnError: false, prefixed: new Set(['continue-on-error']) }], ['odata.include-annotations="display.*,-a.b#q"', { includeAnnotations: 'display.*,-a.b#q', prefixed: new Set(['include-annotations']) }],
  ] as const)('reads %s', (prefer, wishes) => {
    expect(parsePrefer(prefer)).toEqual({ prefixed: new Set(), ...wishes })
  })

  it('tells what was applied by the names the client knows', () => {
    const { prefixed } = parsePrefer('odata.maxpagesize=5,omit-values=nulls')
    expect([appliedPreference('maxpagesize', '5', { prefixed }), appliedPreference('omit-values', 'nulls', { prefixed }), appliedPreference('include-annotations', 'a.*,-b', { prefixed }), appliedPreference('track-changes', undefined, { prefixed })])
      .toEqual(['odata.maxpagesize=5', 'omit-values=nulls', 'include-annotations="a.*,-b"', 'track-changes'])
  })
})

describe('annotationFilter', () => {
  it.each([
    ['*', 'a.b', true], ['-*', 'a.b', false], ['display.*', 'display.subject', true], ['display.*', 'display.more.subject', true], ['display.*', 'other.subject', false], ['display.subject', 'display.subject', true],
    ['display.subject', 'display.other', false], ['-display.*', 'other.subject', true], ['*,-display.*', 'display.subject', false], ['*,-display.*,display.subject', 'display.subject', true], ['display.*,-display.inner.*', 'display.inner.x', false],
    ['display.*#tablet', 'display.subject#tablet', true], ['display.*#tablet', 'display.subject', false], ['display.subject', 'display.subject#tablet', true], ['-display.subject#tablet,*', 'display.subject#tablet', false],
  ])('%s: %s is wanted: %s', (wish, term, wanted) => {
    expect(annotationFilter(wish)(term)).toBe(wanted)
  })
})

const column = (base: string, collection = false) => ({ name: 'P', type: { base, collection } })

describe('small answers', () => {
  it('write an error with its target and details', () => {
    const error = hubError('HUB_REQUEST_INVALID', { reason: 'two faults' }, { target: '$filter', details: [{ code: 'HUB_QUERY_TYPE', message: 'm', target: 't' }] })
    expect(JSON.parse(errorBody(error))).toEqual({ error: { code: 'HUB_REQUEST_INVALID', message: 'The request is invalid: two faults.', target: '$filter', details: [{ code: 'HUB_QUERY_TYPE', message: 'm', target: 't' }] } })
  })
  it('write a service document', () => {
    expect(JSON.parse(serviceDocument('c', [{ name: 'A', kind: 'EntitySet', url: 'A' }], minimal))).toEqual({ '@odata.context': 'c', 'value': [{ name: 'A', kind: 'EntitySet', url: 'A' }] })
    expect(serviceDocument('c', [], { ...minimal, metadata: 'none' })).toBe('{"value":[]}')
  })
  it('write properties: primitive, collection, complex', () => {
    expect(propertyJson(column('Edm.Decimal'), '1.50', 'c', minimal).toString()).toBe('{"@odata.context":"c","value":1.50}')
    expect(propertyJson(column('Edm.String', true), ['a'], 'c', { ...minimal, prefixed: false }).toString()).toBe('{"@context":"c","value":["a"]}')
    expect(propertyJson({ ...column('structured'), fields: [column('Edm.Int64')] }, { P: '9007199254740993' }, 'c', minimal).toString()).toBe('{"@odata.context":"c","P":9007199254740993}')
    expect(propertyJson({ ...column('structured'), fields: [] }, {}, 'c', minimal).toString()).toBe('{"@odata.context":"c"}')
  })
  it('write an entity with its context first, from values and from bytes', () => {
    const page = { kind: 'rows' as const, columns: [column('Edm.Int64')], rows: [['1'], ['9007199254740993']] }
    expect(entityJson({ page, row: 1 }, ['P'], 'c', minimal).toString()).toBe('{"@odata.context":"c","P":9007199254740993}')
    const bytes = { kind: 'bytes' as const, columns: [column('Edm.Int64')], bytes: Buffer.from('[ {"P":12} ]'), offsets: Int32Array.from([2, 10]), ieee754: false, only: true }
    expect(entityJson({ page: bytes, row: 0 }, ['P'], 'c', minimal).toString()).toBe('{"@odata.context":"c","P":12}')
  })
  it('give raw values', () => {
    expect(rawValue(column('Edm.Decimal'), '1.50')).toEqual({ body: Buffer.from('1.50'), contentType: 'text/plain;charset=utf-8' })
    expect(rawValue(column('Edm.Double'), Infinity).body.toString()).toBe('INF')
    expect(rawValue(column('Edm.Binary'), '_-8').body).toEqual(Buffer.from([0xff, 0xef]))
  })
  it('take any Accept that reaches text', () => {
    for (const accept of [undefined, '*/*', 'text/plain', 'application/json', 'text/plain, */*;q=0.5']) expect(() => requireTextAccepted(accept, undefined)).not.toThrow()
    expect(() => requireTextAccepted('application/xml', undefined)).toThrow(expect.objectContaining({ status: 406 }))
  })
})
