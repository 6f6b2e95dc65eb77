// café
Page({ data: { city: 'Orléans', icon: '/images/icon.png' } })
