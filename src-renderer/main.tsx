import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { startI18n } from './lib/i18n.ts'
import { watchLinkSecrets } from './lib/link-secrets.ts'
import { watchTheme } from './lib/theme.ts'
import './styles/app.css'

startI18n()
watchTheme()
watchLinkSecrets()

const root = document.getElementById('root')
if (!root) throw new Error('The page has no place for the dashboard.')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
