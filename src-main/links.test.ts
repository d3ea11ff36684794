import { expect, test } from 'vitest'
import { externalLink } from './links.ts'

test.each([
  ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
  ['http://192.168.1.4:25565/', 'http://192.168.1.4:25565/'],
  ['mailto:someone@example.com', 'mailto:someone@example.com'],
  ['HTTPS://EXAMPLE.COM', 'https://example.com/'],
])('hands %s to the system', (link, opened) => {
  expect(externalLink(link)).toBe(opened)
})

test.each([
  'file:///etc/passwd',
  'smb://host/share',
  String.raw`\\host\share\evil.exe`,
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:http://127.0.0.1:7480/x',
  'ms-msdt:/id PCWDiagnostic',
  'search-ms:query=x',
  'vscode://open',
  'shell:startup',
  'about:blank',
  'https://google.com@evil.example/',
  'https://user:secret@example.com/',
  'not an address',
  '',
  ' ',
  `https://example.com/${'a'.repeat(5000)}`,
])('keeps %s shut', (link) => {
  expect(externalLink(link)).toBeNull()
})
