/**
 * Text that SuiteCRM keeps as it is. Before it saves, it takes out whatever looks like markup, decodes entities, and empties
 * a field altogether in which `<script>` stands then (`SugarBean::cleanBean`); our marker would go with it. So the two signs
 * that markup is made of are written in their full width; a person reads the same.
 */
export const harmlessText = (text: string): string => text.replaceAll('<', '＜').replace(/&(?=#?[a-z0-9]+;?)/gi, '＆');

/** Endings that SuiteCRM does not take (`upload_badext`); with one of them it answers broken JSON and saves no file. */
const refusedEndings = /\.(?:php\d?|pl|cgi|py|asp|cfm|js|vbs|html?|phtml|phar)$/i;

export const acceptedFileName = (name: string): string => (refusedEndings.test(name) ? `${name}.txt` : name);
