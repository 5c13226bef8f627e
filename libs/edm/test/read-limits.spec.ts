import { isHubError, type HubError } from '@tributary/errors'
import { readCsdl, readCsdlStream } from '@tributary/edm'
import { fixture, shop, shopV2, v4 } from './csdl-files.js'

const schemaNamespace = 'http://docs.oasis-open.org/odata/ns/edm'

function refusal(read: () => unknown): HubError {
  try {
    read()
  } catch (error) {
    if (isHubError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('malformed documents', () => {
  it.each([
    ['an element not closed', '<edmx:Edmx xmlns:edmx="x">\n  <a></b></edmx:Edmx>', 2],
    ['an attribute without a value', '<Schema\n Namespace/>', 2],
    ['a prefix that is not bound', '<edmx:Edmx Version="4.0"/>', 1],
    ['an attribute prefix that is not bound', `<Schema xmlns="${schemaNamespace}" Namespace="S"><EntityType Name="T" m:HasStream="true"/></Schema>`, 1],
    ['an attribute given twice', '<Schema A="1" A="2"/>', 1],
    ['an entity that is not defined', '<Schema>&nbsp;</Schema>', 1],
    ['text that ends early', '<Schema>', 1],
    ['something after the root', '<a/>\n\n<b/>', 3],
    ['neither XML nor JSON', 'Not found', 1],
    ['nothing', '', 1],
    ['blanks', ' \n ', 1],
    ['JSON that ends early', '{"$Version": "4.01",\n "S": {', 2],
    ['JSON with a comma too many', '{"$Version": "4.01",}', 1],
    ['JSON with a member given twice', '{"$Version":"4.01",\n"S":{},\n"S":{}}', 3],
    ['JSON with a number that is none', '{"S": 01}', 1],
    ['JSON with an unknown escape', '{"S": "\\x"}', 1],
    ['JSON with a bare control character', '{"S": "\u0001"}', 1],
    ['JSON with more after the end', '{} {}', 1],
    ['a JSON string without an end', '{"S', 1],
    ['a JSON word that is none', '{"S": nul}', 1],
    ['a JSON array that is not closed', '{"S": [1}', 1],
  ])('%s', (_what, text, line) => {
    const error = refusal(() => readCsdl(text))
    expect(error.code).toBe('HUB_CONTRACT_SYNTAX')
    expect(error.params['line']).toBe(line)
    expect(error.params['column']).toBeGreaterThan(0)
  })

  it.each([
    ['no schema', v4('')],
    ['another document', '<html/>'],
    ['a schema without a namespace', v4(`<Schema xmlns="${schemaNamespace}"/>`)],
    ['a namespace given twice', v4(`<Schema Namespace="S" xmlns="${schemaNamespace}"/><Schema Namespace="S" xmlns="${schemaNamespace}"/>`)],
    ['a type that is its own ancestor', shop('<EntityType Name="A" BaseType="Self.B"/><EntityType Name="B" BaseType="Self.A"/>')],
    ['a container that extends itself', shop('<EntityContainer Name="A" Extends="Self.B"/><EntityContainer Name="B" Extends="Self.A"/>')],
    ['JSON without a schema', '{"$Version":"4.01"}'],
  ])('%s cannot be used', (_what, text) => {
    expect(refusal(() => readCsdl(text)).code).toBe('HUB_CONTRACT_INVALID')
  })
})

describe('hostile documents', () => {
  it.each([
    ['entities that expand', '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an external subset', '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>'],
    ['parameter entities', '<!DOCTYPE a [<!ENTITY % p "<!ENTITY q \'1\'>"> %p;]><a/>'],
  ])('%s are refused at the declaration', (_what, text) => {
    expect(refusal(() => readCsdl(text))).toMatchObject({ code: 'HUB_CONTRACT_SYNTAX', params: { reason: 'document type declarations are not allowed' } })
  })

  it('nesting is limited', () => {
    const deep = shop(`<ComplexType Name="T"><Annotation Term="X.Y">${'<Collection>'.repeat(100_000)}`)
    expect(refusal(() => readCsdl(deep)).params['reason']).toBe('elements are nested deeper than 200')
    expect(refusal(() => readCsdl(`{"S":{"@X.Y":${'['.repeat(100_000)}`)).params['reason']).toBe('values are nested deeper than 200')
    expect(readCsdl(shop(`<ComplexType Name="T"><Annotation Term="X.Y">${'<Collection>'.repeat(150)}${'</Collection>'.repeat(150)}</Annotation></ComplexType>`)).warnings).toEqual([])
  })

  it('length is limited, of the document and of an attribute', () => {
    expect(refusal(() => readCsdl(shop(`<ComplexType Name="${'x'.repeat(1_048_577)}"/>`))).params['reason']).toBe('the attribute Name is longer than 1048576 characters')
    expect(refusal(() => readCsdl(shop(''), { maxCharacters: 100 }))).toMatchObject({ code: 'HUB_CONTRACT_INVALID', params: { reason: 'it is longer than 100 characters' } })
    expect(refusal(() => readCsdl(`{"S": {"@a.b": "${'x'.repeat(100)}"}}`, { maxCharacters: 100 })).code).toBe('HUB_CONTRACT_INVALID')
  })

  it('the number of elements is limited, and the length of lines of descent', () => {
    expect(refusal(() => readCsdl(shop('<Odd/>'.repeat(50)), { maxElements: 40 })).params['reason']).toBe('it has more than 40 elements')
    expect(refusal(() => readCsdl(`{"S":{"@X.Y":[${'1,'.repeat(50)}1]}}`, { maxElements: 40 })).params['reason']).toBe('it has more than 40 elements')
    const line = Array.from({ length: 200 }, (_, index) => `<EntityType Name="T${index}" BaseType="Self.T${index + 1}"/>`).join('')
    expect(refusal(() => readCsdl(shop(line))).params['reason']).toBe('the type Shop.T0 has more than 99 ancestors')
    expect(refusal(() => readCsdl(shopV2(line.replaceAll('Self.', 'Shop.')))).code).toBe('HUB_CONTRACT_INVALID')
  })

  it('reading stays linear in what is written', () => {
    const long = 'a'.repeat(500_000)
    const blanks = ' '.repeat(1_000_000)
    const terms = Array.from({ length: 50_000 }, (_, index) => `<Annotation Term="X.T${index}" Int="1"/>`).join('')
    expect(readCsdl(shop(`<ComplexType Name="T"><Property Name="P" Type="Collection(${blanks}"/><Annotation Term="X.Y" Path="${long} .${long}"/></ComplexType>`)).structured('Shop.T')).toBeDefined()
    expect(readCsdl(shop(`<ComplexType Name="T">${terms}</ComplexType><Annotations Target="Self.T">${terms}</Annotations>`)).structured('Shop.T')?.annotations).toHaveLength(50_000)
  })

  it('names of JavaScript itself are names like others', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const model = readCsdl(shop(`<EntityType Name="${name}"><Property Name="${name}" Type="Edm.Int32"/></EntityType>`))
      expect([...(model.entityType(`Shop.${name}`)?.properties.keys() ?? [])]).toEqual([name])
      expect(model.type('Shop.valueOf')).toBeUndefined()
      expect(model.operations('Shop.valueOf')).toEqual([])
    }
    expect(readCsdl('{"$Version":"4.01","S":{"__proto__":{"$Kind":"ComplexType","__proto__":{}}}}').structured('S.__proto__')?.properties.has('__proto__')).toBe(true)
  })
})

const encoded = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><Schema xmlns="${schemaNamespace}" Namespace="S"><ComplexType Name="Größe"/></Schema>`
const isRead = (bytes: Uint8Array): boolean => readCsdl(bytes).structured('S.Größe') !== undefined

describe('encodings', () => {
  it('are told by the byte order mark, the declaration, or are UTF-8', () => {
    expect(isRead(Buffer.from(encoded('utf-8'), 'utf8'))).toBe(true)
    expect(isRead(Buffer.from(`\uFEFF${encoded('utf-8')}`, 'utf8'))).toBe(true)
    expect(isRead(Buffer.from(`\uFEFF${encoded('utf-16')}`, 'utf16le'))).toBe(true)
    expect(isRead(Buffer.from(encoded('utf-16'), 'utf16le'))).toBe(true)
    expect(isRead(Buffer.from(`\uFEFF${encoded('utf-16')}`, 'utf16le').swap16())).toBe(true)
    expect(isRead(Buffer.from(encoded('ISO-8859-1'), 'latin1'))).toBe(true)
  })

  it('that are unknown, or that the bytes do not have, are refused', () => {
    expect(refusal(() => readCsdl(Buffer.from(encoded('klingon')))).params['reason']).toBe('the encoding klingon is not known')
    expect(refusal(() => readCsdl(Buffer.from(encoded('utf-8'), 'latin1'))).params['reason']).toBe('the bytes are not valid utf-8')
  })
})

async function* pieces<T extends string | Uint8Array>(whole: T, size: number): AsyncGenerator<string | Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield typeof whole === 'string' ? whole.slice(at, at + size) : whole.subarray(at, at + size)
}

describe('a contract in pieces', () => {
  it.each([1, 7, 255, 256, 4096])('of %i reads like the whole', async (size) => {
    const bytes = fixture('connectedservice-v3.xml')
    const whole = readCsdl(bytes)
    expect((await readCsdlStream(pieces(bytes, size))).schemas).toEqual(whole.schemas)
    expect((await readCsdlStream(pieces(new TextDecoder().decode(bytes), size))).schemas).toEqual(whole.schemas)
  })

  it('may be JSON, and may fail', async () => {
    const json = '{"$Version":"4.01","S":{"T":{"$Kind":"ComplexType"}}}'
    expect((await readCsdlStream(pieces(Buffer.from(json), 3))).structured('S.T')).toBeDefined()
    await expect(readCsdlStream(pieces('<a><b></a>', 2))).rejects.toMatchObject({ code: 'HUB_CONTRACT_SYNTAX' })
    await expect(readCsdlStream(pieces('', 2))).rejects.toMatchObject({ code: 'HUB_CONTRACT_SYNTAX' })
  })
})
