import * as fc from 'fast-check'
import { html, prose } from '../src/openapi/html.js'

describe('markup', () => {
  it('takes no markup from texts, wherever they stand', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`<p title="${text}">${text}</p>`.text.replaceAll(/^<p title="|">|<\/p>$/g, '')).not.toMatch(/[<>"']/)
    }))
    expect(html`<p>${'<b>&"\''}</p>`.text).toBe('<p>&lt;b&gt;&amp;&quot;&#39;</p>')
  })

  it('keeps markup and lists of markup, and leaves out what is not there', () => {
    expect(html`<ul>${['a', '<'].map((item) => html`<li>${item}</li>`)}</ul>${undefined}${false}${0}`.text).toBe('<ul><li>a</li><li>&lt;</li></ul>0')
  })

  it('shows words between backticks as code', () => {
    expect(prose('Send `<a>` twice').text).toBe('Send <code>&lt;a&gt;</code> twice')
  })
})
