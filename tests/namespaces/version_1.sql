-- A namespace as version 1 stored it, written by that version.
BEGIN TRANSACTION;
CREATE TABLE activities (
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
INSERT INTO "activities" VALUES('Manage & control','','2026-11-21T23:54:53.948638Z','2026-11-21T23:54:53.948638Z',1,'1');
INSERT INTO "activities" VALUES('Analyseren','','2026-11-21T23:54:53.951086Z','2026-11-21T23:54:53.951086Z',2,'2');
INSERT INTO "activities" VALUES('Adviseren','','2026-11-21T23:54:53.951147Z','2026-11-21T23:54:53.951147Z',3,'3');
INSERT INTO "activities" VALUES('Ontwerpen','','2026-11-21T23:54:53.951184Z','2026-11-21T23:54:53.951184Z',4,'4');
INSERT INTO "activities" VALUES('Realiseren','','2026-11-21T23:54:53.951214Z','2026-11-21T23:54:53.951214Z',5,'5');
CREATE TABLE answers (
    question_title VARCHAR NOT NULL,
    answer VARCHAR NOT NULL,
    answersheet_id VARCHAR NOT NULL,
    question_id VARCHAR,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(answersheet_id) REFERENCES answersheets (id) ON DELETE CASCADE,
    FOREIGN KEY(question_id) REFERENCES questions (id) ON DELETE SET NULL,
    UNIQUE (id)
);
CREATE TABLE answersheets (
    created_at_key BIGINT NOT NULL,
    user_id VARCHAR NOT NULL,
    form_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    FOREIGN KEY(form_id) REFERENCES forms (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE TABLE architectures (
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
INSERT INTO "architectures" VALUES('Gebruikersinteractie','','2026-11-21T23:54:53.951614Z','2026-11-21T23:54:53.951614Z',1,'1');
INSERT INTO "architectures" VALUES('Organisatieprocessen','','2026-11-21T23:54:53.951819Z','2026-11-21T23:54:53.951819Z',2,'2');
INSERT INTO "architectures" VALUES('Infrastructuur','','2026-11-21T23:54:53.951862Z','2026-11-21T23:54:53.951862Z',3,'3');
INSERT INTO "architectures" VALUES('Software','','2026-11-21T23:54:53.951895Z','2026-11-21T23:54:53.951895Z',4,'4');
INSERT INTO "architectures" VALUES('Hardware-interfacing','','2026-11-21T23:54:53.951923Z','2026-11-21T23:54:53.951923Z',5,'5');
CREATE TABLE competenties (
    name VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
CREATE TABLE contents (
    title VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    "order" BIGINT NOT NULL,
    module_id VARCHAR NOT NULL,
    parent_id VARCHAR,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(module_id) REFERENCES modules (id) ON DELETE CASCADE,
    FOREIGN KEY(parent_id) REFERENCES contents (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE TABLE cubes (
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE TABLE daily_checkins (
    mood_score INTEGER NOT NULL,
    mood_description VARCHAR NOT NULL,
    hours_worked DOUBLE NOT NULL,
    comment VARCHAR NOT NULL,
    date VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    UNIQUE (id)
);
INSERT INTO "daily_checkins" VALUES(4,'',7.5,'','2026-01-05','2','2026-11-21T23:54:54.275736Z','2026-11-21T23:54:54.275736Z',1,'1');
CREATE TABLE descriptions (
    description VARCHAR NOT NULL,
    jobrole_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(jobrole_id) REFERENCES jobroles (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE TABLE docent_students (
    docent_id VARCHAR NOT NULL,
    student_id VARCHAR NOT NULL,
    PRIMARY KEY (docent_id, student_id),
    FOREIGN KEY(docent_id) REFERENCES users (id) ON DELETE CASCADE,
    FOREIGN KEY(student_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE forms (
    title VARCHAR NOT NULL,
    active BOOLEAN NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
INSERT INTO "forms" VALUES('daily',1,'2026-11-21T23:54:53.952224Z','2026-11-21T23:54:53.952224Z',1,'1');
INSERT INTO "forms" VALUES('weekly',1,'2026-11-21T23:54:53.952505Z','2026-11-21T23:54:53.952505Z',2,'2');
CREATE TABLE group_users (
    groups_id VARCHAR NOT NULL,
    users_id VARCHAR NOT NULL,
    PRIMARY KEY (groups_id, users_id),
    FOREIGN KEY(groups_id) REFERENCES groups (id) ON DELETE CASCADE,
    FOREIGN KEY(users_id) REFERENCES users (id) ON DELETE CASCADE
)
 WITHOUT ROWID
;
CREATE TABLE groups (
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
CREATE TABLE id_counters (
    type VARCHAR NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (type)
);
INSERT INTO "id_counters" VALUES('activities',5);
INSERT INTO "id_counters" VALUES('architectures',5);
INSERT INTO "id_counters" VALUES('forms',2);
INSERT INTO "id_counters" VALUES('levels',4);
INSERT INTO "id_counters" VALUES('questions',8);
INSERT INTO "id_counters" VALUES('users',2);
INSERT INTO "id_counters" VALUES('modules',1);
INSERT INTO "id_counters" VALUES('rooms',2);
INSERT INTO "id_counters" VALUES('sessions',1);
INSERT INTO "id_counters" VALUES('daily-checkins',1);
CREATE TABLE idempotency_keys (
    "key" VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    status INTEGER NOT NULL,
    headers VARCHAR NOT NULL,
    body BLOB NOT NULL,
    created_seconds FLOAT NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE jobrole_users (
    jobroles_id VARCHAR NOT NULL,
    users_id VARCHAR NOT NULL,
    PRIMARY KEY (jobroles_id, users_id),
    FOREIGN KEY(jobroles_id) REFERENCES jobroles (id) ON DELETE CASCADE,
    FOREIGN KEY(users_id) REFERENCES users (id) ON DELETE CASCADE
)
 WITHOUT ROWID
;
CREATE TABLE jobroles (
    name VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
CREATE TABLE levels (
    number INTEGER NOT NULL,
    description VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (number),
    UNIQUE (id)
);
INSERT INTO "levels" VALUES(1,'','2026-11-21T23:54:53.953348Z','2026-11-21T23:54:53.953348Z',1,'1');
INSERT INTO "levels" VALUES(2,'','2026-11-21T23:54:53.953579Z','2026-11-21T23:54:53.953579Z',2,'2');
INSERT INTO "levels" VALUES(3,'','2026-11-21T23:54:53.953619Z','2026-11-21T23:54:53.953619Z',3,'3');
INSERT INTO "levels" VALUES(4,'','2026-11-21T23:54:53.953649Z','2026-11-21T23:54:53.953649Z',4,'4');
CREATE TABLE matrix_field_portfolio_elements (
    matrix_fields_id VARCHAR NOT NULL,
    portfolio_elements_id VARCHAR NOT NULL,
    PRIMARY KEY (matrix_fields_id, portfolio_elements_id),
    FOREIGN KEY(matrix_fields_id) REFERENCES matrix_fields (id) ON DELETE CASCADE,
    FOREIGN KEY(portfolio_elements_id) REFERENCES portfolio_elements (id) ON DELETE CASCADE
)
 WITHOUT ROWID
;
CREATE TABLE matrix_fields (
    activity_id VARCHAR NOT NULL,
    architecture_id VARCHAR NOT NULL,
    level_id VARCHAR NOT NULL,
    cube_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(activity_id) REFERENCES activities (id) ON DELETE RESTRICT,
    FOREIGN KEY(architecture_id) REFERENCES architectures (id) ON DELETE RESTRICT,
    FOREIGN KEY(level_id) REFERENCES levels (id) ON DELETE RESTRICT,
    FOREIGN KEY(cube_id) REFERENCES cubes (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE TABLE module_students (
    modules_id VARCHAR NOT NULL,
    users_id VARCHAR NOT NULL,
    PRIMARY KEY (modules_id, users_id),
    FOREIGN KEY(modules_id) REFERENCES modules (id) ON DELETE CASCADE,
    FOREIGN KEY(users_id) REFERENCES users (id) ON DELETE CASCADE
)
 WITHOUT ROWID
;
INSERT INTO "module_students" VALUES('1','2');
CREATE TABLE modules (
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    semester VARCHAR NOT NULL,
    teacher_id VARCHAR,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(teacher_id) REFERENCES users (id) ON DELETE SET NULL,
    UNIQUE (id)
);
INSERT INTO "modules" VALUES('WEB1','Web development','SS19','1',1,'1');
CREATE TABLE news (
    title VARCHAR NOT NULL,
    date VARCHAR NOT NULL,
    date_key BIGINT NOT NULL,
    text VARCHAR NOT NULL,
    module_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(module_id) REFERENCES modules (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE TABLE notifications (
    kind VARCHAR NOT NULL,
    data VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE TABLE portfolio_elements (
    title VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE TABLE project_users (
    projects_id VARCHAR NOT NULL,
    users_id VARCHAR NOT NULL,
    PRIMARY KEY (projects_id, users_id),
    FOREIGN KEY(projects_id) REFERENCES projects (id) ON DELETE CASCADE,
    FOREIGN KEY(users_id) REFERENCES users (id) ON DELETE CASCADE
)
 WITHOUT ROWID
;
CREATE TABLE projects (
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
CREATE TABLE questions (
    title VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    data VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    form_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(form_id) REFERENCES forms (id) ON DELETE CASCADE,
    UNIQUE (id)
);
INSERT INTO "questions" VALUES('How do you feel today?','slider','1-5','mood_score','1','2026-11-21T23:54:53.954747Z','2026-11-21T23:54:53.954747Z',1,'1');
INSERT INTO "questions" VALUES('Why do you feel so?','text','','mood_description','1','2026-11-21T23:54:53.955170Z','2026-11-21T23:54:53.955170Z',2,'2');
INSERT INTO "questions" VALUES('How many hours did you work?','slider','0-24','hours_worked','1','2026-11-21T23:54:53.955231Z','2026-11-21T23:54:53.955231Z',3,'3');
INSERT INTO "questions" VALUES('Which problems did you meet?','text','','problems','1','2026-11-21T23:54:53.955277Z','2026-11-21T23:54:53.955277Z',4,'4');
INSERT INTO "questions" VALUES('Anything else?','text','','comment','1','2026-11-21T23:54:53.955318Z','2026-11-21T23:54:53.955318Z',5,'5');
INSERT INTO "questions" VALUES('What went well this week?','text','','went_well','2','2026-11-21T23:54:53.955360Z','2026-11-21T23:54:53.955360Z',6,'6');
INSERT INTO "questions" VALUES('What could be better?','text','','could_be_better','2','2026-11-21T23:54:53.955399Z','2026-11-21T23:54:53.955399Z',7,'7');
INSERT INTO "questions" VALUES('What are your goals for next week?','text','','goals','2','2026-11-21T23:54:53.955441Z','2026-11-21T23:54:53.955441Z',8,'8');
CREATE TABLE rooms (
    name VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    capacity VARCHAR NOT NULL,
    features VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id)
);
INSERT INTO "rooms" VALUES('Lab 1','Main street 1','','',1,'1');
CREATE TABLE sessions (
    title VARCHAR NOT NULL,
    date VARCHAR NOT NULL,
    date_key BIGINT NOT NULL,
    keywords VARCHAR NOT NULL,
    module_id VARCHAR NOT NULL,
    room_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(module_id) REFERENCES modules (id) ON DELETE CASCADE,
    FOREIGN KEY(room_id) REFERENCES rooms (id) ON DELETE CASCADE,
    UNIQUE (id)
);
INSERT INTO "sessions" VALUES('First steps','2019-05-08T10:00',1557309600000000,'','1','1',1,'1');
CREATE TABLE tokens (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    secret_hash VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    device_name VARCHAR NOT NULL,
    created_seconds INTEGER NOT NULL,
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE TABLE user_competenties (
    niveau INTEGER,
    doel INTEGER,
    user_id VARCHAR NOT NULL,
    competentie_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    FOREIGN KEY(competentie_id) REFERENCES competenties (id) ON DELETE RESTRICT,
    UNIQUE (id)
);
CREATE TABLE users (
    email VARCHAR NOT NULL,
    email_key VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    first_name VARCHAR NOT NULL,
    last_name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    admin BOOLEAN NOT NULL,
    name VARCHAR NOT NULL GENERATED ALWAYS AS (first_name || CASE last_name WHEN '' THEN '' ELSE ' ' || last_name END),
    checkin_role VARCHAR NOT NULL GENERATED ALWAYS AS (CASE WHEN role = 'student' THEN 'student' WHEN admin THEN 'admin' ELSE 'docent' END),
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (email_key),
    UNIQUE (id)
);
INSERT INTO "users" VALUES('ada@example.org','ada@example.org','$argon2id$v=19$m=12288,t=3,p=1$haVVp+jIZIL7YJUeZlqOeg$TdbkQL8NztXhhtf8KS6MZbdn9TtXC4WDJMMY28+i8Rc','Ada','Lovelace','teacher',0,'2026-11-21T23:54:54.138573Z','2026-11-21T23:54:54.138573Z',1,'1');
INSERT INTO "users" VALUES('sam@example.org','sam@example.org','$argon2id$v=19$m=12288,t=3,p=1$sF7lGSrcwn8LxwXfpTlfuw$+AVIW3GKgJbd461BjIghOt5cYyyQxmeezItPHYKps3w','Sam','Student','student',0,'2026-11-21T23:54:54.194468Z','2026-11-21T23:54:54.194468Z',2,'2');
CREATE TABLE weekly_checkins (
    mood_score INTEGER,
    went_well VARCHAR NOT NULL,
    could_be_better VARCHAR NOT NULL,
    goals VARCHAR NOT NULL,
    comment VARCHAR NOT NULL,
    date VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    updated_at VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    UNIQUE (id)
);
CREATE INDEX ix_idempotency_keys_created_seconds ON idempotency_keys (created_seconds);
CREATE INDEX ix_modules_teacher_id ON modules (teacher_id);
CREATE INDEX ix_answersheets_form_id ON answersheets (form_id);
CREATE INDEX ix_answersheets_user_id ON answersheets (user_id);
CREATE INDEX ix_cubes_user_id ON cubes (user_id);
CREATE INDEX ix_daily_checkins_user_id ON daily_checkins (user_id);
CREATE INDEX ix_descriptions_jobrole_id ON descriptions (jobrole_id);
CREATE INDEX ix_notifications_user_id ON notifications (user_id);
CREATE INDEX ix_portfolio_elements_user_id ON portfolio_elements (user_id);
CREATE INDEX ix_questions_form_id ON questions (form_id);
CREATE INDEX ix_user_competenties_competentie_id ON user_competenties (competentie_id);
CREATE INDEX ix_user_competenties_user_id ON user_competenties (user_id);
CREATE INDEX ix_weekly_checkins_user_id ON weekly_checkins (user_id);
CREATE INDEX ix_group_users_users_id ON group_users (users_id);
CREATE INDEX ix_jobrole_users_users_id ON jobrole_users (users_id);
CREATE INDEX ix_project_users_users_id ON project_users (users_id);
CREATE INDEX ix_docent_students_student_id ON docent_students (student_id);
CREATE INDEX ix_tokens_user_id ON tokens (user_id);
CREATE INDEX ix_contents_module_id ON contents (module_id);
CREATE INDEX ix_contents_parent_id ON contents (parent_id);
CREATE INDEX ix_news_module_id ON news (module_id);
CREATE INDEX ix_sessions_module_id ON sessions (module_id);
CREATE INDEX ix_sessions_room_id ON sessions (room_id);
CREATE INDEX ix_answers_answersheet_id ON answers (answersheet_id);
CREATE INDEX ix_answers_question_id ON answers (question_id);
CREATE INDEX ix_matrix_fields_activity_id ON matrix_fields (activity_id);
CREATE INDEX ix_matrix_fields_architecture_id ON matrix_fields (architecture_id);
CREATE INDEX ix_matrix_fields_cube_id ON matrix_fields (cube_id);
CREATE INDEX ix_matrix_fields_level_id ON matrix_fields (level_id);
CREATE INDEX ix_module_students_users_id ON module_students (users_id);
CREATE INDEX ix_matrix_field_portfolio_elements_portfolio_elements_id ON matrix_field_portfolio_elements (portfolio_elements_id);
COMMIT;
PRAGMA user_version = 1;
