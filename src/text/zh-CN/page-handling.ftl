# Texts of the pages: handling.

after-nobody = 不发信
after-author-nothing = 作者看不到这一步
after-assignment-approve = 各条答复全文
after-assignment-report = 落实情况全文
after-manuscript-assign = “部门办理中”，以及承办部门和期限
after-manuscript-conclude = 办理结果全文，并请他评价
after-manuscript-reopen = “部门办理中”，以及重新办理的理由
after-manuscript-archive = 和归档前一样
after-manuscript-record_adoption = 哪一级、哪家采用了
