# What the API says.

api-not-found-title = Not found
api-not-found-detail = There is no such thing, or you may not see it.
