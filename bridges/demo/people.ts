import { remotePersonId, type RemotePersonId } from '#model';

export type DemoLanguage = 'es' | 'en' | 'et';

export interface DemoPerson {
  readonly id: RemotePersonId;
  readonly name: string;
  readonly handle: string;
  readonly language: DemoLanguage;
  /** Verified e-mail or E.164 number, as a network would know it. */
  readonly email?: string;
  readonly phone?: string;
}

const person = (key: string, name: string, language: DemoLanguage, more: { email?: string; phone?: string }): DemoPerson => ({
  id: remotePersonId(`${key}@demo`),
  name,
  handle: `${key}@demo`,
  language,
  ...more,
});

export const self = { id: remotePersonId('you@demo'), name: 'You', handle: 'you@demo' } as const;

/** Example domains and numbers reserved for fiction: nothing here reaches a real person. */
export const people = {
  marta: person('marta', 'Marta Ruiz', 'es', { email: 'marta@levante.example', phone: '+34600000101' }),
  jordi: person('jordi', 'Jordi Llach', 'es', { email: 'jordi@llach.example' }),
  vidal: person('vidal', 'Dra. Vidal', 'es', { phone: '+34600000103' }),
  pedidos: person('pedidos', 'Pedidos · Ferretería Sol', 'es', { email: 'pedidos@sol.example' }),
  lucia: person('lucia', 'Lucía Fernández', 'es', { email: 'lucia@fernandez.example' }),
  kalev: person('kalev', 'Kalev Tamm', 'et', { email: 'kalev@tamm.example', phone: '+37255000104' }),
  liis: person('liis', 'Liis Saar', 'et', { email: 'liis@saar.example' }),
  mart: person('mart', 'Mart Põder', 'et', { phone: '+37255000106' }),
  grace: person('grace', 'Grace Okafor', 'en', { email: 'grace@okafor.example', phone: '+447700900107' }),
  tom: person('tom', 'Tom Whitfield', 'en', { email: 'tom@whitfield.example' }),
  priya: person('priya', 'Priya Nair', 'en', { phone: '+447700900109' }),
  sam: person('sam', 'Sam Doyle', 'en', { email: 'sam@doyle.example' }),
} as const satisfies Record<string, DemoPerson>;

/** What each language answers with; the first fits a question, the others anything. */
export const answers: Readonly<Record<DemoLanguage, readonly string[]>> = {
  es: [
    'Buena pregunta, lo miro y te digo hoy mismo.',
    'Perfecto, muchas gracias.',
    'De acuerdo. ¿Me lo confirmas por escrito?',
    'Recibido 👍',
  ],
  en: [
    'Good question, let me check and come back to you today.',
    'Great, thank you.',
    'Works for me. Could you confirm in writing?',
    'Received 👍',
  ],
  et: [
    'Hea küsimus, vaatan järele ja annan täna teada.',
    'Suurepärane, aitäh!',
    'Sobib. Kas saate kirjalikult kinnitada?',
    'Käes 👍',
  ],
};
