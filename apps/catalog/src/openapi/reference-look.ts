/** How the reference looks: light and dark, readable on a phone. */
export const style = `
:root{color-scheme:light dark;--line:light-dark(#d8dee6,#333b45);--soft:light-dark(#f4f6f9,#1d232b);--muted:light-dark(#526070,#9aa7b5);--accent:light-dark(#0b5cad,#6db3ff)}
*{box-sizing:border-box}html{scroll-padding-top:1rem}
body{margin:0;font:16px/1.55 system-ui,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr);background:light-dark(#fff,#14181d);color:light-dark(#1a2129,#e4e9ef)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.25rem 1rem;border-right:1px solid var(--line);font-size:.9rem}
nav ul{list-style:none;margin:.25rem 0 1rem;padding:0}nav li a{display:block;padding:.15rem .4rem;border-radius:4px;color:inherit;text-decoration:none}nav li a:hover{background:var(--soft)}
main{padding:1.5rem 2rem 6rem;max-width:60rem}
h1{margin:.2rem 0}h2{margin:3rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}h3{margin:2.2rem 0 .2rem}h3 a{color:inherit;text-decoration:none}h4{margin:1rem 0 .3rem;font-size:.8rem;text-transform:uppercase;letter-spacing:.05em;color:var(--muted)}
a{color:var(--accent)}code{font:.88em/1.5 ui-monospace,monospace}
.route{margin:.2rem 0}.method,.status{display:inline-block;min-width:3.4rem;text-align:center;border-radius:4px;padding:0 .4rem;font:600 .75rem/1.7 ui-monospace,monospace;color:#fff;background:#45525f}
.get{background:#1f6f43}.post{background:#0b5cad}.put{background:#855400}.delete{background:#b3261e}.s2{background:#1f6f43}.s4{background:#855400}.s5{background:#b3261e}
ul.fields{list-style:none;margin:.3rem 0;padding:0 0 0 .9rem;border-left:2px solid var(--line)}ul.fields li{margin:.35rem 0}
.name{font-weight:600}.type{color:var(--accent);font-size:.85rem}.limits,.or{color:var(--muted);font-size:.8rem;overflow-wrap:anywhere}.or{margin:.4rem 0 0}.required{color:light-dark(#b3261e,#ff9d94);font-size:.75rem}.text{display:block;font-size:.92rem}
details{margin:.3rem 0}summary{cursor:pointer;color:var(--muted);font-size:.88rem}
.copyable{position:relative}.copyable button{position:absolute;top:.4rem;right:.4rem;font:inherit;font-size:.75rem;padding:.1rem .5rem;border:1px solid var(--line);border-radius:4px;background:light-dark(#fff,#14181d);color:inherit;cursor:pointer}
pre{margin:.3rem 0;padding:.8rem 4.5rem .8rem .9rem;overflow:auto;max-height:26rem;background:var(--soft);border:1px solid var(--line);border-radius:6px}
.answer{margin:.5rem 0 .9rem}.answer>p{margin:.1rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}tr:target td{background:var(--soft)}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}main{padding:1rem}}
`

/** The one thing that needs a script: copying. */
export const script = `
document.addEventListener('click', (event) => {
  const button = event.target.closest('.copyable button');
  if (!button) return;
  navigator.clipboard.writeText(button.parentElement.querySelector('pre').textContent).then(() => {
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
});
`
