import * as fc from 'fast-check'
import { firstDifference, readCsdl, writeCsdlJson, writeCsdlXml } from '@tributary/edm'
import { contracts } from './csdl-files.js'
import { anyModel } from './random-model.js'

describe('what is written reads as the same model', () => {
  it.each(contracts())('$name, as XML and as JSON', ({ bytes }) => {
    const model = readCsdl(bytes)
    const xml = writeCsdlXml(model)
    const fromXml = readCsdl(xml)
    expect(firstDifference(model, fromXml)).toBeUndefined()
    expect(fromXml.warnings).toEqual([])
    expect(writeCsdlXml(fromXml)).toBe(xml)
    const json = writeCsdlJson(model)
    const fromJson = readCsdl(json)
    expect(firstDifference(model, fromJson, { asJson: true })).toBeUndefined()
    expect(fromJson.warnings).toEqual([])
    expect(firstDifference(fromJson, readCsdl(writeCsdlXml(fromJson)))).toBeUndefined()
  })

  it('for any model, as XML', () => {
    fc.assert(fc.property(anyModel, (model) => {
      const text = writeCsdlXml(model)
      const again = readCsdl(text)
      expect(again.warnings).toEqual([])
      expect(firstDifference(model, again)).toBeUndefined()
      expect(writeCsdlXml(again)).toBe(text)
    }), { numRuns: 150 })
  })

  it('for any model, as JSON', () => {
    fc.assert(fc.property(anyModel, (model) => {
      const text = writeCsdlJson(model)
      const again = readCsdl(text)
      expect(again.warnings).toEqual([])
      expect(firstDifference(model, again, { asJson: true })).toBeUndefined()
      expect(writeCsdlJson(again)).toBe(text)
    }), { numRuns: 150 })
  })
})
