import { describe, expect, it } from 'vitest'
import { breakable, html, joined } from '../src/markup.ts'

describe('html', () => {
  it('escapes what is inserted, but not markup', () => {
    const inner = html`<b>${'a < b'}</b>`
    expect(html`<p title="${'"'}">${inner} & ${"'"}</p>`.text).toBe(
      '<p title="&quot;"><b>a &lt; b</b> & &#39;</p>',
    )
  })
  it('writes control and bidirectional characters out', () => {
    expect(html`${'\u001b[31m \u202eevil'}`.text).toBe('\\u{1b}[31m \\u{202e}evil')
  })
  it('refuses an attribute value without quotes', () => {
    expect(() => html`<p title=${'x'}></p>`).toThrow('[lab bug] an attribute value without quotes')
  })
  it('gives each item of a list its own line and joins others in one', () => {
    expect(html`${['a', 'b']}`.text).toBe('a\nb')
    expect(joined(['a', '<'], ', ').text).toBe('a, &lt;')
  })
  it('lets long names break, and never inside an entity', () => {
    expect(breakable("irq_work.flags <&'#1").text).toBe('irq_<wbr>work.<wbr>flags &lt;&amp;&#39;#1')
  })
})
