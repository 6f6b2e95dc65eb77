Component({ properties: { icon: String } })
