/**
 * Two hundred addresses that must never reach the operating system, and those that may. From the ways in which
 * links of strangers started programs (CVE-2024-37182, CVE-2026-1046 and kin).
 */
const schemes = [
  'file', 'smb', 'ms-msdt', 'javascript', 'data', 'vbscript', 'search-ms', 'ms-word', 'ms-excel', 'ms-officecmd', 'ms-settings',
  'ms-appinstaller', 'ms-cxh', 'shell', 'steam', 'slack', 'zoommtg', 'ssh', 'telnet', 'ftp', 'sftp', 'dav', 'davs', 'nfs', 'afp',
  'vnc', 'rdp', 'jar', 'view-source', 'chrome', 'about', 'blob', 'filesystem', 'palomar', 'devtools', 'electron', 'x-apple.systempreferences',
  'itms-services', 'intent', 'android-app', 'ldap', 'gopher', 'wsl', 'git', 'svn', 'magnet', 'callto', 'sip', 'irc', 'ws', 'wss',
];
const tails = ['//host/share/run.exe', '///etc/passwd', 'alert(1)'];

const tricks = [
  '', ' ', '\\\\host\\share', '//host/share', '/etc/passwd', 'C:\\Windows\\System32\\calc.exe', 'C:/Windows/calc.exe', '../../run', '-h', '--help',
  ' https://example.org', 'https://example.org ', 'https://exa mple.org', 'https://example.org/\r\nX: y', 'https://example.org/\n--flag',
  'https://example.org/\u0000', 'https://example.org/\u202egpj.exe', 'https://\u2066example.org', 'https://example.org/\u200b', 'https://user@example.org',
  'https://user:password@example.org', 'https://paypal.com@evil.example', 'https:\\\\example.org', 'https:/\\example.org', 'https:example.org',
  'https:/example.org', 'https://', 'https:', 'http://', 'http:///example.org', 'https://[::1', 'https://exa%00mple.org', 'java\tscript:alert(1)',
  'JaVaScRiPt:alert(1)', '\u0001javascript:alert(1)', 'javascript&colon;alert(1)', 'url:file:///etc/passwd', 'feed:javascript:alert(1)',
  'mailto:a@example.org?attach=/etc/passwd', 'mailto:a@example.org?subject=x&attachment=/etc/passwd', 'MAILTO:a@b?ATTACH=/etc/passwd', 'mailto:a@example.org\r\nbcc:b',
  `https://example.org/${'a'.repeat(3_000)}`,
];

export const refusedLinks: readonly string[] = [...schemes.flatMap((scheme) => tails.map((tail) => `${scheme}:${tail}`)), ...tricks];

export const openedLinks: readonly string[] = [
  'https://example.org/',
  'http://example.org/path?query=1#part',
  'mailto:ana@example.org?subject=Oferta',
  'tel:+34600123456',
  'xmpp:ana@example.org?message',
  'matrix:u/ana:example.org',
];
