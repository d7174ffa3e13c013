"""The welcome: what CityHelper can do, for a text that does not say what is wanted."""
