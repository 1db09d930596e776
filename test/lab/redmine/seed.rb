# A Redmine as an administrator sets it up for us: REST on, a project, our custom fields, and two users.
Setting.rest_api_enabled = '1'
admin = User.find_by_login('admin')
admin.must_change_passwd = false
admin.save!(validate: false)
project = Project.create!(name: 'Inbox', identifier: 'inbox', is_public: false, tracker_ids: Tracker.pluck(:id), enabled_module_names: ['issue_tracking'])
['External key', 'Phone'].each do |name|
  IssueCustomField.create!(name: name, field_format: 'string', is_for_all: false, projects: [project], is_filter: true, tracker_ids: Tracker.pluck(:id))
end
rights = [:view_issues, :add_issues, :edit_issues, :delete_issues, :add_issue_notes, :edit_own_issue_notes, :view_private_notes, :set_notes_private]
pusher = Role.create!(name: 'Pusher', issues_visibility: 'all', permissions: rights)
reader = Role.create!(name: 'Reader', issues_visibility: 'all', permissions: [:view_issues])
keys = { 'pusher' => pusher, 'reader' => reader }.map do |login, role|
  user = User.new(firstname: login.capitalize, lastname: 'Lab', mail: "#{login}@lab.example", language: 'en')
  user.login = login
  user.password = 'palomar-lab'
  user.save!
  Member.create!(project: project, principal: user, roles: [role])
  Token.create!(user: user, action: 'api').value
end
puts "KEYS #{Token.create!(user: admin, action: 'api').value} #{keys.join(' ')}"
