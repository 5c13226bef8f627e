/** What stands at `/` where the web application has not been built. */
export const unbuiltPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Tributary</title>
<style>:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}</style></head>
<body>
<h1>Tributary runs</h1>
<p>Its web pages have not been built. Run <code>npm run build</code> in the repository and start again; <code>npm start</code> does both.</p>
<p>Meanwhile: the <a href="/api/docs">API reference</a>, and the <a href="/odata/">data</a>.</p>
</body>
</html>
`
