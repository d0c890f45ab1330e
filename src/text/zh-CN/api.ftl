# 接口返回的说明。

api-not-found-title = 没有找到
api-not-found-detail = 没有这项内容，或者您不能查看。
