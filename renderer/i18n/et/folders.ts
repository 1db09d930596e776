/** Kaustad, milles võrk vestlusi hoiab. */
export const folders = {
  folders: {
    all: 'Kõik ruumid',
    unread: '{n} lugemata vestlus | {n} lugemata vestlust',
    browse: 'Mis on ruumis {name} …',
    sheet: 'Ruumis {name}',
    isFolder: 'ruum',
    empty: 'Siin pole midagi, mida sa näha võid.',
    joined: 'Oled selles',
    enterOne: 'Sisene: {name}',
  },
};
