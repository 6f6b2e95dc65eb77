// café
Page({ data: { city: 'Orléans', icon: 'https://img.example.com/images/icon.png' } })
