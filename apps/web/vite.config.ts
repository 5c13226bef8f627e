import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Everything is bundled: the page loads nothing from elsewhere. In development the hub answers what is not the page. */
export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, sourcemap: false, chunkSizeWarningLimit: 900 },
  server: { port: 5173, proxy: Object.fromEntries(['/api', '/odata', '/health'].map((path) => [path, 'http://127.0.0.1:3000'])) },
})
